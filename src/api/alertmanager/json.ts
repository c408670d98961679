import { z } from 'zod';
import type { Matcher } from '../../model/matcher.ts';
import type { PostedAlert, PostedSilence, SilenceState } from './source.ts';

/** RFC 3339 with any offset, into Unix ms; Go's zero time and '' are 0, what is no time is NaN. */
export function readTime(text: string): number {
  if (text === '' || text.startsWith('0001-01-01T00:00:00')) return 0;
  return /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
}

const time = z.string().transform((text, context) => {
  const ms = readTime(text);
  if (!Number.isNaN(ms)) return ms;
  context.addIssue({
    code: 'custom',
    message: `expected a time such as 2030-01-01T00:00:00Z, got "${text}"`,
  });
  return z.NEVER;
});

const labels = z.record(z.string(), z.string());

/** Unknown keys are passed over, as upstream does. */
export const postedAlerts = z.array(
  z
    .object({
      labels,
      annotations: labels.nullish(),
      startsAt: time.nullish(),
      endsAt: time.nullish(),
      generatorURL: z.string().nullish(),
    })
    .transform(
      (alert): PostedAlert => ({
        labels: alert.labels,
        annotations: alert.annotations ?? undefined,
        startsAtMs: alert.startsAt ?? undefined,
        endsAtMs: alert.endsAt ?? undefined,
        generatorURL: alert.generatorURL ?? undefined,
      }),
    ),
);

const matcher = z
  .object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) })
  .transform(
    ({ name, value, isRegex, isEqual }): Matcher => ({
      name,
      value,
      op: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=',
    }),
  );

export const postedSilence = z
  .object({
    id: z.string().nullish(),
    matchers: z.array(matcher).min(1),
    startsAt: time,
    endsAt: time,
    createdBy: z.string(),
    comment: z.string(),
    annotations: labels.nullish(),
  })
  .transform(
    (silence): PostedSilence => ({
      id: silence.id || undefined,
      matchers: silence.matchers,
      startsAtMs: silence.startsAt,
      endsAtMs: silence.endsAt,
      createdBy: silence.createdBy,
      comment: silence.comment,
      annotations: silence.annotations ?? undefined,
    }),
  );

export function silenceJson(silence: SilenceState): unknown {
  return {
    id: silence.id,
    status: { state: silence.state },
    updatedAt: isoTime(silence.updatedAtMs),
    comment: silence.comment,
    createdBy: silence.createdBy,
    startsAt: isoTime(silence.startsAtMs),
    endsAt: isoTime(silence.endsAtMs),
    matchers: silence.matchers.map(({ name, value, op }) => ({
      name,
      value,
      isRegex: op === '=~' || op === '!~',
      isEqual: op === '=' || op === '=~',
    })),
    annotations: silence.annotations ?? {},
  };
}

/** Alerts of one list share most of their times, and writing a time is dear. */
const times = new Map<number, string>();
const maxTimes = 1000;

export function isoTime(ms: number): string {
  const known = times.get(ms);
  if (known !== undefined) return known;
  const text = new Date(ms).toISOString();
  if (times.size >= maxTimes) times.clear();
  times.set(ms, text);
  return text;
}
