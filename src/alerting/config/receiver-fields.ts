import { httpConfigSchema } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import type { Secret } from '../../kit/secret.ts';
import type { SecretSource } from '../secret-source.ts';
import { optionalFlag } from './fields.ts';

/** What every entry of a receiver may say. */
export const common = { send_resolved: optionalFlag } as const;

/** The same of entries that call over HTTP. */
export const commonHttp = { ...common, http_config: httpConfigSchema.nullish() } as const;

type Pairs = Readonly<Record<string, unknown>>;

/** Whether `key` or `<key>_file` is given. */
export function hasSource(entry: Pairs, key: string): boolean {
  return Boolean(entry[key]) || Boolean(entry[`${key}_file`]);
}

/**
 * A secret that stands in the entry as `key`, or in the file `<key>_file`; empty when neither is given.
 *
 * @throws {BadInputError} when both are.
 */
export function sourceOf(entry: Pairs, key: string): SecretSource {
  const value = entry[key] as Secret | undefined | null;
  const file = entry[`${key}_file`] as string | undefined | null;
  if (value && file) throw new BadInputError(`${key}_file`, `at most one of ${key} & ${key}_file may be set`);
  return { value: value ?? undefined, file: file || undefined };
}

/** @throws {BadInputError} when not exactly one of `key` and `<key>_file` is given. */
export function requiredSource(entry: Pairs, key: string): SecretSource {
  const found = sourceOf(entry, key);
  if (!found.value && !found.file) throw new BadInputError('', `one of ${key} & ${key}_file must be set`);
  return found;
}

/**
 * The two keys of a secret as they stand in the entry or, where it has neither, under `global`.
 *
 * @param missing what to say when it is nowhere; nothing is said when left out
 * @throws {BadInputError}
 */
export function inheritSource(
  entry: Pairs,
  key: string,
  globals: Pairs,
  options: { readonly globalKey: string; readonly missing?: string },
): Record<string, unknown> {
  sourceOf(entry, key);
  if (hasSource(entry, key)) return {};
  const { globalKey, missing } = options;
  if (missing !== undefined && !hasSource(globals, globalKey)) throw new BadInputError('', missing);
  return { [key]: globals[globalKey], [`${key}_file`]: globals[`${globalKey}_file`] };
}

/** Addresses of services end with a slash, so that paths can follow. */
export function withSlash(address: string): string {
  const url = new URL(address);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}
