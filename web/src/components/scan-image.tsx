import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useStartJob } from '../api/operator.ts';

/** Has one image looked at now, and says which job does so. */
export function ScanImage({ image }: { readonly image: string }): ReactElement {
  const start = useStartJob();
  const [job] = start.data?.items ?? [];
  return (
    <span className="row wraps">
      <Button
        size="xs"
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
        loading={start.isPending}
        onClick={() => start.mutate({ kind: 'images', images: [image] })}
      >
        Scan now
      </Button>
      {job !== undefined && (
        <Link to={`/jobs/${encodeURIComponent(job.id)}`} className="small" role="status">
          It is asked for: the job
        </Link>
      )}
      {start.error !== null && (
        <span className="small wrap" role="alert">
          Could not start it: {start.error.message}
        </span>
      )}
    </span>
  );
}
