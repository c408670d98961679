import { z } from 'zod';
import { parseDuration } from '../../kit/duration.ts';
import { Secret } from '../../kit/secret.ts';
import { durationMs, flag, hidden, text } from '../../kit/yaml-fields.ts';

export { flag, hidden, list, text, textMap } from '../../kit/yaml-fields.ts';

export const optionalText = text.nullish();

/** An empty one is as good as none. */
export const optionalSecret = hidden.nullish().transform((value) => (value?.reveal() ? value : undefined));

export const optionalFlag = flag.nullish();

export const optionalDuration = durationMs.nullish();

/** An http or https address. The message never shows it, since it may hold a secret. */
export function isWebAddress(value: string): boolean {
  try {
    const { protocol, host } = new URL(value);
    return (protocol === 'http:' || protocol === 'https:') && host !== '';
  } catch {
    return false;
  }
}

/** A secret that is an address: Slack's and webhooks' are credentials. */
export const secretUrl = text
  .refine((value) => isWebAddress(value), { error: 'expected an http:// or https:// address' })
  .transform((value) => new Secret(value));

/** An address that is no secret. */
export const webAddress = text.refine((value) => isWebAddress(value), {
  error: 'expected an http:// or https:// address',
});

/** An address that may be a template; one that is none is checked. The message never shows it, since it may hold a secret. */
export const templateUrl = text.refine(
  (value) => value === '' || value.includes('{{') || isWebAddress(value),
  {
    error: 'expected an http:// or https:// address',
  },
);

/** A text that is a template, and what it is when left out. An empty one replaces the default. */
export function templated(whenLeftOut = '') {
  return optionalText.transform((value) => value ?? whenLeftOut);
}

/** As Go's `time.ParseDuration` reads it (`1.5h`, `500ms`), or as Prometheus does (`1d`). In milliseconds. */
export const goDurationText = text
  .transform((value, context) => {
    const ms = parseGoDurationMs(value) ?? parseDuration(value);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: `expected a duration such as 30s or 1h30m, got "${value}"` });
    return z.NEVER;
  })
  .nullish();

const goUnitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

function parseGoDurationMs(value: string): number | undefined {
  if (value === '0') return 0;
  if (!/^\+?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(value)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g))
    ms += Number(amount) * (goUnitsMs[unit ?? ''] ?? 0);
  return ms;
}

/** A whole number that may be left out. */
export function count(least: number) {
  return z.int(`expected a whole number`).min(least, `expected ${least} or more`).nullish();
}
