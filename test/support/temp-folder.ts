import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One folder for everything that the tests of a run put aside: what they leave in it, or are killed beside, goes with it. */
export function setup(): () => void {
  const before = process.env['TMPDIR'];
  // Sockets of servers are in it, whose paths may not be longer than 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'skopos-'));
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
