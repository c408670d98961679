import { BadInputError } from '../../../kit/app-error.ts';
import type { FamilyBuilder } from '../build-family.ts';
import { readTextIfAny } from '../host-files.ts';

/**
 * `net/rpc/nfs` or `net/rpc/nfsd`: numbers by the word that their line begins with, or undefined where there is no such file.
 *
 * @throws {BadInputError} for a line of something else.
 */
export function readRpc(path: string): ReadonlyMap<string, readonly number[]> | undefined {
  const text = readTextIfAny(path);
  if (text === undefined) return undefined;
  return new Map(
    text.split('\n').map((line) => {
      const [name = '', ...words] = line.trim().split(/\s+/);
      const values = words.map(Number);
      if (values.some(Number.isNaN))
        throw new BadInputError('', `${path}: ${name} is not followed by numbers`);
      return [name, values];
    }),
  );
}

/** A series for each procedure that has a name; those that this kernel does not count are 0. */
export function addProcedures(
  family: FamilyBuilder,
  proto: string,
  methods: readonly (string | undefined)[],
  counts: readonly number[] = [],
): void {
  for (const [i, method] of methods.entries())
    if (method !== undefined) family.add(counts[i] ?? 0, { proto, method });
}
