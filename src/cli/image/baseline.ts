import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import type { PackageType } from '../../model/package.ts';
import { identityOf } from './image-result.ts';
import { imageJsonVersion } from './to-json.ts';

const entrySchema = z.object({
  vulnerability: z.object({ id: z.string() }),
  package: z.object({ type: z.string(), name: z.string() }),
});

const reportSchema = z.object({
  version: z.literal(imageJsonVersion),
  tool: z.object({ name: z.literal('skopos') }),
  matches: z.array(entrySchema),
  ignored: z.array(entrySchema),
});

/**
 * What a former `skopos image --format json` tells, ignored ones too: when a rule ends, what it hid is not new.
 *
 * @throws {BadInputError} when the file is not there, or is something else.
 */
export async function readBaseline(path: string): Promise<ReadonlySet<string>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new BadInputError('--baseline', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
  const result = reportSchema.safeParse(value);
  if (!result.success)
    throw new BadInputError('--baseline', `${path} is no result of "skopos image --format json"`);
  return new Set(
    [...result.data.matches, ...result.data.ignored].map((entry) =>
      identityOf(entry.vulnerability.id, {
        type: entry.package.type as PackageType,
        name: entry.package.name,
      }),
    ),
  );
}
