import { z } from 'zod';

const unitsMs = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Each unit at most once, largest first, as Prometheus reads durations. */
const form = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Reads a Prometheus duration such as `1m30s` or `0` into milliseconds; undefined when `text` is not one.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ (`<duration>`)
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = form.exec(text);
  if (text === '' || match === null) return undefined;
  return unitsMs.reduce((totalMs, [, unitMs], i) => totalMs + Number(match[i + 1] ?? 0) * unitMs, 0);
}

/** Writes milliseconds as Prometheus does: `90000` gives `1m30s`, `0` gives `0s`. Years and weeks only when exact. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let left = Math.abs(Math.round(ms));
  let text = ms < 0 ? '-' : '';
  for (const [unit, unitMs] of unitsMs) {
    if ((unit === 'y' || unit === 'w') && left % unitMs !== 0) continue;
    const count = Math.floor(left / unitMs);
    if (count > 0) text += `${count}${unit}`;
    left -= count * unitMs;
  }
  return text;
}

/** A duration in a configuration file, such as `1m30s`, read into milliseconds. */
export const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: `expected a duration such as 30s or 1h30m, got "${text}"` });
  return z.NEVER;
});
