import { z } from 'zod';
import { BadInputError } from '../../../kit/app-error.ts';
import { formatPath } from '../../../kit/yaml-config.ts';

const text = z.string().max(100_000);
const texts = z.array(text).max(100_000).nullish();

const eventSchema = z.looseObject({
  introduced: text.optional(),
  fixed: text.optional(),
  last_affected: text.optional(),
  limit: text.optional(),
});

const affectedSchema = z.looseObject({
  package: z.looseObject({ name: text, ecosystem: text, purl: text.nullish() }).optional(),
  ranges: z
    .array(z.looseObject({ type: text, events: z.array(eventSchema).max(10_000) }))
    .max(10_000)
    .nullish(),
  versions: texts,
  severity: z.array(z.looseObject({ type: text, score: text })).nullish(),
  ecosystem_specific: z.record(z.string(), z.unknown()).nullish(),
  database_specific: z.record(z.string(), z.unknown()).nullish(),
});

/** As far as it is read. Source: https://ossf.github.io/osv-schema/ */
const recordSchema = z.looseObject({
  id: text.min(1),
  modified: text.optional(),
  published: text.optional(),
  withdrawn: text.nullish(),
  aliases: texts,
  related: texts,
  upstream: texts,
  summary: text.nullish(),
  details: text.nullish(),
  severity: z.array(z.looseObject({ type: text, score: text })).nullish(),
  affected: z.array(affectedSchema).max(100_000).nullish(),
  references: z.array(z.looseObject({ url: text })).nullish(),
  database_specific: z.record(z.string(), z.unknown()).nullish(),
});

export type OsvRecord = z.output<typeof recordSchema>;
export type OsvAffected = z.output<typeof affectedSchema>;

/** @throws {BadInputError} naming the field that is not as OSV has it. */
export function readOsvRecord(value: unknown, where: string): OsvRecord {
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new BadInputError(
    '',
    `${where}: no OSV record: ${formatPath(issue?.path ?? [])}: ${issue?.message ?? ''}`,
  );
}
