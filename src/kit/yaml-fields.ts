import { z } from 'zod';
import { parseByteSize } from './byte-size.ts';
import { parseDuration } from './duration.ts';
import { Secret } from './secret.ts';

/*
 * The scalars of the standard files as Go's YAML reads them: a number or a boolean is taken where a text is wanted, and a
 * key without a value is as good as one left out.
 */

export const text = z
  .union([z.string(), z.number(), z.boolean()], { error: 'expected a text' })
  .transform(String);

export const hidden = text.transform((value) => new Secret(value));

/** What is given, or the fallback for what is left out or has no value. */
export function or<Schema extends z.ZodType, Fallback>(schema: Schema, fallback: Fallback) {
  return schema
    .nullish()
    .transform((value) => (value ?? fallback) as NonNullable<z.output<Schema>> | Fallback);
}

/** An empty text and a missing one are the same. */
export const textOrEmpty = or(text, '');

const truths: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  y: true,
  no: false,
  off: false,
  n: false,
};

export const flag = z
  .union([z.boolean(), z.string()], { error: 'expected true or false' })
  .transform((value, context) => {
    const found = typeof value === 'boolean' ? value : truths[value.toLowerCase()];
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: `expected true or false, got "${value}"` });
    return z.NEVER;
  });

/** A duration such as `1m30s`, read into milliseconds. */
export const durationMs = text.transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined) return ms;
  context.addIssue({
    code: 'custom',
    message: `not a valid duration string: "${value}"; expected one such as 30s or 1h30m`,
  });
  return z.NEVER;
});

/** A size such as `15MB` or `512KiB`, in steps of 1024, read into bytes. */
export const byteSize = text.transform((value, context) => {
  const bytes = parseByteSize(value);
  if (bytes !== undefined) return bytes;
  context.addIssue({
    code: 'custom',
    message: `expected a size with a unit such as 15MB or 512KiB, got "${value}"`,
  });
  return z.NEVER;
});

export const wholeNumber = z.int('expected a whole number').min(0, 'expected a whole number of 0 or more');

/** A list that may be left out. */
export function list<Item extends z.ZodType>(item: Item) {
  return or(z.array(item), [] as z.output<Item>[]);
}

/** A list whose entries must not be empty; `what` names an entry in the message. */
export function fullList<Item extends z.ZodType>(item: Item, what: string) {
  const entry = z.unknown().superRefine((value, context) => {
    if (value === null || value === undefined) {
      context.addIssue({ code: 'custom', message: `empty or null ${what}` });
    }
  });
  return list(entry.pipe(item));
}

/** Names to texts; may be left out. */
export const textMap = or(z.record(z.string(), text), {} as Readonly<Record<string, string>>);

/** An http or https address. */
export const webUrl = text.superRefine((value, context) => {
  const problem = webUrlProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** What is wrong with an address that should be http or https; the message does not show it, since it may hold a secret. */
export function webUrlProblem(value: string): string | undefined {
  if (value === '') return 'the URL is missing';
  if (!/^https?:/i.test(value)) return "the URL scheme must be 'http' or 'https'";
  if (!URL.canParse(value) || !/^https?:\/\/[^/?#]/i.test(value)) return 'the host is missing in the URL';
  return undefined;
}
