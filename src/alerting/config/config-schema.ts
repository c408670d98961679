import { z } from 'zod';
import { messageOf } from '../../kit/app-error.ts';
import { safeRegex } from '../../kit/regex.ts';
import type { Matcher } from '../../model/matcher.ts';
import { notifiers } from '../notifiers/notifiers.ts';
import { readMatchers } from '../parse-matchers.ts';
import { list, optionalDuration, optionalFlag, optionalText, text, textMap } from './fields.ts';
import { globalSchema } from './global-schema.ts';
import { eventRecorderSchema, tracingSchema } from './observer-schema.ts';
import { timeIntervalSchema } from './time-interval-schema.ts';

/** What one list of matchers says, and what is odd about it. */
export interface MatcherEntries {
  readonly matchers: readonly Matcher[];
  readonly warnings: readonly string[];
}

/** `a="b"` or `{a="b",c="d"}`; a list gives several, all of which must hold. */
const matcherList = z
  .union([z.array(text), text], { error: 'expected a list of matchers such as [severity="critical"]' })
  .nullish()
  .transform((value, context): MatcherEntries => {
    const isList = Array.isArray(value);
    const found: Matcher[] = [];
    const warnings: string[] = [];
    for (const [i, one] of (isList ? value : value ? [value] : []).entries()) {
      try {
        const { matchers, warning } = readMatchers(one);
        found.push(...matchers);
        if (warning !== undefined) warnings.push(warning);
      } catch (error) {
        context.addIssue({ code: 'custom', path: isList ? [i] : [], message: messageOf(error) });
      }
    }
    return { matchers: found, warnings };
  });

/** The deprecated `match`: names to values. */
const matchMap = textMap.transform((entries, context) =>
  Object.entries(entries).map(([name, value]): Matcher => {
    checkName(name, context);
    return { name, op: '=', value };
  }),
);

/** Deprecated maps know only the old names; `matchers` take any. */
function checkName(name: string, context: Pick<z.core.$RefinementCtx, 'addIssue'>): void {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return;
  context.addIssue({
    code: 'custom',
    path: [name],
    message: `"${name}" is no label name here; use matchers`,
  });
}

/** The deprecated `match_re`: names to patterns. */
const matchReMap = z
  .record(z.string(), text.nullable())
  .nullish()
  .transform((entries, context) =>
    Object.entries(entries ?? {}).map(([name, value]): Matcher => {
      checkName(name, context);
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

const labelNames = z.array(text).superRefine((names, context) => {
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
  /** An empty list is a list: it takes the place of the parent's. */
  group_by: labelNames.nullish(),
  group_wait: optionalDuration,
  group_interval: positive,
  repeat_interval: positive,
  continue: optionalFlag,
  match: matchMap,
  match_re: matchReMap,
  matchers: matcherList,
  mute_time_intervals: list(text),
  active_time_intervals: list(text),
  labels: textMap.refine((labels) => !('' in labels), { error: 'a label name cannot be empty' }),
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
  equal: list(text.refine((name) => name !== '', { error: 'a label name cannot be empty' })),
});

const namedIntervals = z.strictObject({ name: text, time_intervals: list(timeIntervalSchema) });

const kindLists = Object.fromEntries(notifiers.map((kind) => [`${kind.name}_configs`, list(kind.schema)]));

export const receiverSchema = z
  .strictObject({
    name: text.refine((name) => name !== '', { error: 'a receiver needs a name' }),
    labels: textMap,
    ...kindLists,
  })
  .refine(({ name, labels }) => labels['name'] === undefined || labels['name'] === name, {
    path: ['labels', 'name'],
    error: 'the label name is the name of the receiver; it cannot be another',
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
  tracing: tracingSchema.nullish(),
  event_recorder: eventRecorderSchema.nullish(),
});

export type ConfigEntry = z.output<typeof configShape>;
