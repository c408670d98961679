import { z } from 'zod';
import { messageOf } from '../../kit/app-error.ts';
import { safeRegex } from '../../kit/regex.ts';
import type { Matcher } from '../../model/matcher.ts';
import { notifiers } from '../notifiers/notifiers.ts';
import { parseMatchers } from '../parse-matchers.ts';
import { list, optionalDuration, optionalFlag, optionalText, text, textMap } from './fields.ts';
import { globalSchema } from './global-schema.ts';
import { timeIntervalSchema } from './time-interval-schema.ts';

/** `a="b"` or `{a="b",c="d"}`; a list gives several, all of which must hold. */
const matcherList = z
  .union([z.array(text), text], { error: 'expected a list of matchers such as [severity="critical"]' })
  .nullish()
  .transform((value, context) => {
    const isList = Array.isArray(value);
    const found: Matcher[] = [];
    for (const [i, one] of (isList ? value : value ? [value] : []).entries()) {
      try {
        found.push(...parseMatchers(one));
      } catch (error) {
        context.addIssue({ code: 'custom', path: isList ? [i] : [], message: messageOf(error) });
      }
    }
    return found;
  });

/** The deprecated `match`: names to values. */
const matchMap = textMap.transform((entries) =>
  Object.entries(entries).map(([name, value]): Matcher => ({ name, op: '=', value })),
);

/** The deprecated `match_re`: names to patterns. */
const matchReMap = z
  .record(z.string(), text.nullable())
  .nullish()
  .transform((entries, context) =>
    Object.entries(entries ?? {}).map(([name, value]): Matcher => {
      if (value === null) {
        context.addIssue({ code: 'custom', path: [name], message: `${name} has no pattern` });
        return z.NEVER;
      }
      try {
        safeRegex(value, { dotAll: true });
      } catch (error) {
        context.addIssue({ code: 'custom', path: [name], message: messageOf(error) });
      }
      return { name, op: '=~', value };
    }),
  );

const labelNames = list(text).superRefine((names, context) => {
  for (const [i, name] of names.entries()) {
    if (name === '') context.addIssue({ code: 'custom', path: [i], message: 'a label name cannot be empty' });
    else if (name === '...' && names.length > 1)
      context.addIssue({ code: 'custom', path: [i], message: "'...' (all labels) must stand alone" });
    else if (names.indexOf(name) < i)
      context.addIssue({ code: 'custom', path: [i], message: `"${name}" is named twice` });
  }
});

const positive = optionalDuration.refine((ms) => ms !== 0, { error: 'must be longer than 0' });

const routeFields = {
  receiver: optionalText,
  group_by: labelNames.optional(),
  group_wait: optionalDuration,
  group_interval: positive,
  repeat_interval: positive,
  continue: optionalFlag,
  match: matchMap,
  match_re: matchReMap,
  matchers: matcherList,
  mute_time_intervals: list(text),
  active_time_intervals: list(text),
  labels: textMap,
} as const;

const routeSchemaBase = z.strictObject(routeFields);

export type RouteEntry = z.output<typeof routeSchemaBase> & { readonly routes: readonly RouteEntry[] };

const routeSchema: z.ZodType<RouteEntry> = z.strictObject({
  ...routeFields,
  get routes() {
    return list(routeSchema);
  },
}) as unknown as z.ZodType<RouteEntry>;

const inhibitRuleSchema = z.strictObject({
  name: optionalText,
  source_match: matchMap,
  source_match_re: matchReMap,
  source_matchers: matcherList,
  target_match: matchMap,
  target_match_re: matchReMap,
  target_matchers: matcherList,
  equal: labelNames,
});

const namedIntervals = z.strictObject({ name: text, time_intervals: list(timeIntervalSchema) });

const kindLists = Object.fromEntries(notifiers.map((kind) => [`${kind.name}_configs`, list(kind.schema)]));

export const receiverSchema = z.strictObject({
  name: text.refine((name) => name !== '', { error: 'a receiver needs a name' }),
  labels: textMap,
  ...kindLists,
});

export type ReceiverEntry = z.output<typeof receiverSchema>;

/**
 * `alertmanager.yml`, field by field. What fields say of one another is checked by `checkReferences`.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/
 */
export const configShape = z.strictObject({
  global: globalSchema.nullish(),
  templates: list(text),
  route: routeSchema.nullish(),
  receivers: list(receiverSchema),
  inhibit_rules: list(inhibitRuleSchema),
  mute_time_intervals: list(namedIntervals),
  time_intervals: list(namedIntervals),
  tracing: z.unknown().optional(),
  event_recorder: z.unknown().optional(),
});

export type ConfigEntry = z.output<typeof configShape>;
