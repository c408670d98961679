import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { useStartJob } from '../api/operator.ts';

/** Judges the whole cluster again, and leads to the job. */
export function StartScan(): ReactElement {
  const start = useStartJob();
  const navigate = useNavigate();
  return (
    <span className="row wraps">
      <Button
        size="xs"
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
        loading={start.isPending}
        onClick={() =>
          start.mutate(
            { kind: 'posture' },
            {
              onSuccess: ({ items: [job] }) => {
                if (job !== undefined) void navigate(`/jobs/${encodeURIComponent(job.id)}`);
              },
            },
          )
        }
      >
        Scan now
      </Button>
      {start.error !== null && (
        <span className="small wrap" role="alert">
          Could not start it: {start.error.message}
        </span>
      )}
    </span>
  );
}
