import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `work` with a folder of its own and a list of what is to be ended, newest first; then all is gone again. */
export async function* inFolder<Result>(
  work: (folder: string, ending: (() => unknown)[]) => AsyncGenerator<Result>,
): AsyncGenerator<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-bench-'));
  const ending: (() => unknown)[] = [];
  // Children are killed on exit, see program.ts.
  const interrupted = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupted);
  try {
    yield* work(folder, ending);
  } finally {
    for (const end of ending.reverse()) await end();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupted);
    rmSync(folder, { recursive: true, force: true });
  }
}
