import { linkSync, mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Vulnerability data that has been prepared, and its successor. */
export interface DataFiles {
  /** To make folders in. */
  readonly folder: string;
  readonly data: string;
  readonly next: string;
}

/** A folder with the data, and how its successor takes its place, as when one arrives. */
export function dataFolder({ folder, data, next }: DataFiles) {
  const made = mkdtempSync(join(folder, 'data-'));
  const [main, arrived] = [join(made, 'vulnerability.db'), join(made, 'arrived.db')];
  linkSync(data, main);
  linkSync(next, arrived);
  return { folder: made, replace: () => renameSync(arrived, main) };
}
