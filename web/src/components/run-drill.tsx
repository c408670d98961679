import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { useDrills, useRunDrill } from '../api/queries.ts';

/** Starts a drill and says when it cannot. */
export function RunDrill({
  receiver,
  label,
  disabled = false,
}: {
  /** Empty for the inbox, which disturbs nobody. */
  readonly receiver: string;
  readonly label: string;
  readonly disabled?: boolean;
}): ReactElement {
  const drills = useDrills();
  const run = useRunDrill();
  const running = run.isPending || drills.data?.items.some(({ state }) => state === 'running') === true;
  return (
    <span className="row wraps">
      <Button
        size="xs"
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
        loading={running}
        disabled={disabled}
        onClick={() => run.mutate(receiver)}
      >
        {label}
      </Button>
      {run.error !== null && (
        <span className="small wrap" role="alert">
          Could not run it: {run.error.message}
        </span>
      )}
    </span>
  );
}
