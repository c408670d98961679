/** Why something of the host could not be read. */
export type Obstacle = 'absent' | 'denied' | 'no-file' | 'too-large' | 'outside' | 'loop' | 'late' | 'failed';

/** What was read, or why it was not: a host is full of things that are not there. */
export type Reading<Value> =
  | { readonly value: Value }
  | {
      readonly obstacle: Obstacle;
      /** For people: the path, what happened, and what would be needed. */
      readonly reason: string;
    };

/** Whether there is nothing at the path, as opposed to something that cannot be read. */
export function isAbsent(reading: Reading<unknown>): boolean {
  return 'obstacle' in reading && reading.obstacle === 'absent';
}

/** The value, undefined when there is none for whatever reason. */
export function readValue<Value>(reading: Reading<Value>): Value | undefined {
  return 'value' in reading ? reading.value : undefined;
}

/** What a failed system call on a path means for people. */
export function obstacleOf(path: string, error: unknown): Exclude<Reading<never>, { value: never }> {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { obstacle: 'absent', reason: `${path}: there is no such file` };
  if (code === 'EACCES' || code === 'EPERM')
    return {
      obstacle: 'denied',
      reason: `${path}: no permission to read it; run the node process as user 0 (node.asRoot of the chart)`,
    };
  if (code === 'ELOOP') return { obstacle: 'loop', reason: `${path}: its symbolic links lead in a circle` };
  return { obstacle: 'failed', reason: `${path}: could not be read (${code === '' ? String(error) : code})` };
}
