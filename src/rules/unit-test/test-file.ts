import { z } from 'zod';
import { parseDuration } from '../../kit/duration.ts';
import { readYamlConfig } from '../../kit/yaml-config.ts';

/** Scalars that people leave unquoted: `1`, `true`. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const time = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms = parseDuration(String(value));
  if (ms !== undefined) return ms;
  context.addIssue({
    code: 'custom',
    message: `not a valid duration string: "${value}"; write it as 30s or 1h30m`,
  });
  return z.NEVER;
});

/** Unix seconds or RFC 3339, read into Unix ms. */
const timestamp = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms =
    typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  if (Number.isFinite(ms)) return Math.round(ms);
  context.addIssue({ code: 'custom', message: `neither a Unix time nor an RFC 3339 time: "${value}"` });
  return z.NEVER;
});

const sampleValue = z.union([z.number(), z.string()]).transform((value, context) => {
  if (typeof value === 'number') return value;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(value);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(value)) return Number.NaN;
  if (value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value);
  context.addIssue({ code: 'custom', message: `expected a number, got "${value}"` });
  return z.NEVER;
});

/** A key that stands there with nothing after it. */
function orEmpty<Schema extends z.ZodType>(schema: Schema, empty: () => z.output<Schema>) {
  return schema.nullish().transform((value) => value ?? empty());
}

const list = <Item extends z.ZodType>(item: Item) => orEmpty(z.array(item), () => []);
const names = orEmpty(z.record(z.string(), text), () => ({}));

function makeSchema(object: typeof z.strictObject) {
  const alert = object({ exp_labels: names, exp_annotations: names });
  const alertTest = object({ eval_time: time.default(0), alertname: z.string(), exp_alerts: list(alert) });
  const sample = object({
    labels: z.string().default(''),
    value: sampleValue.default(0),
    histogram: z.string().optional(),
  });
  const exprTest = object({ expr: text, eval_time: time.default(0), exp_samples: list(sample) });
  const test = object({
    name: text.optional(),
    interval: time.optional(),
    start_timestamp: timestamp.default(0),
    input_series: list(object({ series: z.string(), values: text })),
    alert_rule_test: list(alertTest),
    promql_expr_test: list(exprTest),
    external_labels: names,
    external_url: z.string().default(''),
  });
  return object({
    rule_files: list(z.string()),
    evaluation_interval: time.default(60_000),
    fuzzy_compare: z.boolean().default(false),
    group_eval_order: list(z.string()),
    tests: list(test),
  });
}

const strictSchema = makeSchema(z.strictObject);
const lenientSchema = makeSchema(z.object as typeof z.strictObject);

/** A file of rule unit tests; times in milliseconds. */
export type RuleTestFile = z.output<typeof strictSchema>;
export type RuleTest = RuleTestFile['tests'][number];
export type AlertTest = RuleTest['alert_rule_test'][number];
export type ExprTest = RuleTest['promql_expr_test'][number];

/**
 * Reads a test file in promtool's format.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 * @throws {ConfigFileError}
 */
export function parseRuleTestFile(
  content: string,
  path: string,
  options: { readonly ignoreUnknownFields?: boolean } = {},
): RuleTestFile {
  return readYamlConfig(content, path, options.ignoreUnknownFields === true ? lenientSchema : strictSchema);
}
