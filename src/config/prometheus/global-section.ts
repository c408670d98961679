import { z } from 'zod';
import { durationMs, or, text, textOrEmpty, wholeNumber } from '../../kit/yaml-fields.ts';
import { type EscapingScheme, nameSchemes, type ValidationScheme } from '../../scrape/config/name-schemes.ts';
import { inheritedShape } from '../../scrape/config/scrape-config.ts';

const shape = z.strictObject({
  evaluation_interval: durationMs.nullish(),
  rule_query_offset: or(durationMs, 0),
  query_log_file: textOrEmpty,
  external_labels: or(z.record(z.string(), text), {} as Readonly<Record<string, string>>),
  ...inheritedShape,
});

/** `global`, with its defaults. */
export type GlobalSection = Omit<
  z.output<typeof shape>,
  'scrape_interval' | 'scrape_timeout' | 'evaluation_interval'
> & {
  readonly scrape_interval: number;
  readonly scrape_timeout: number;
  readonly evaluation_interval: number;
  readonly validation: ValidationScheme;
  /** Undefined where it follows from the validation. */
  readonly escaping: EscapingScheme | undefined;
};

const minuteMs = 60_000;
const defaultTimeoutMs = 10_000;

/**
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file
 */
export const globalSchema = shape.transform((written, context): GlobalSection => {
  const interval = written.scrape_interval || minuteMs;
  const schemes = nameSchemes(written, { validation: 'utf8', escaping: undefined });
  if ('problem' in schemes) {
    context.addIssue({ code: 'custom', message: schemes.problem, path: ['metric_name_escaping_scheme'] });
    return z.NEVER;
  }
  if (written.scrape_timeout && written.scrape_timeout > interval) {
    context.addIssue({
      code: 'custom',
      message: 'the global scrape timeout is greater than the scrape interval',
      path: ['scrape_timeout'],
    });
    return z.NEVER;
  }
  return {
    ...written,
    scrape_interval: interval,
    scrape_timeout: written.scrape_timeout || Math.min(defaultTimeoutMs, interval),
    evaluation_interval: written.evaluation_interval || minuteMs,
    validation: schemes.validation,
    escaping: written.metric_name_escaping_scheme || undefined,
  };
});

export const runtimeSchema = z.strictObject({ gogc: or(wholeNumber, 75) });
