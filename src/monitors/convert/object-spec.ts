import { z } from 'zod';
import { parseDuration } from '../../kit/duration.ts';
import { formatPath } from '../../kit/yaml-config.ts';
import type { KubeObject } from '../../model/object.ts';
import type { OperatorSettings } from '../operator-settings.ts';
import type { Notebook } from './conversion.ts';

/** A duration as objects write it; text, as it goes into a section. */
export const durationText = z
  .string()
  .refine((text) => text === '' || parseDuration(text) !== undefined, {
    error: 'not a duration such as 30s',
  })
  .nullish();

export const schemeText = z
  .string()
  .refine((text) => ['', 'http', 'https'].includes(text.toLowerCase()), { error: 'expected http or https' })
  .nullish();

/** A number or a name, as `targetPort` is. */
export const portText = z.union([z.string(), z.int()]).nullish();

export const paramsField = z.record(z.string(), z.array(z.string())).nullish();

export const namespaceSelectorField = z
  .looseObject({ any: z.boolean().nullish(), matchNames: z.array(z.string()).nullish() })
  .nullish();

export const attachMetadataField = z
  .looseObject({ node: z.boolean().nullish(), namespace: z.boolean().nullish() })
  .nullish();

/**
 * The `spec` of an object as a schema reads it. Whatever is wrong is noted with its field, and fields that the schema does not
 * know as without effect.
 */
export function readSpec<Schema extends z.ZodType>(
  object: KubeObject,
  schema: Schema,
  notebook: Notebook,
): z.output<Schema> | undefined {
  const result = schema.safeParse(object['spec'] ?? {});
  if (!result.success) {
    for (const issue of result.error.issues)
      notebook.refuse(formatPath(['spec', ...issue.path]), issue.message);
    return undefined;
  }
  return result.data;
}

/** Fields that have no effect, since nothing here reads them. */
export function noteUnknown(
  value: Readonly<Record<string, unknown>>,
  shape: Readonly<Record<string, unknown>>,
  at: string,
  notebook: Notebook,
): void {
  for (const key of Object.keys(value))
    if (!Object.hasOwn(shape, key)) notebook.notes.push(`${at}${key} is not read and has no effect`);
}

/** Interval and timeout of a section: an object's own, else those of the settings. */
export function timing(
  from: { readonly interval?: string | null | undefined; readonly scrapeTimeout?: string | null | undefined },
  notebook: Notebook,
): Record<string, unknown> {
  const interval = from.interval || notebook.settings.scrapeInterval;
  const timeout = from.scrapeTimeout || notebook.settings.scrapeTimeout;
  // What the settings say for all must not undo an object whose interval is shorter.
  const fits =
    from.scrapeTimeout || !timeout || (parseDuration(timeout) ?? 0) <= (parseDuration(interval) ?? 0);
  return { scrape_interval: interval, ...(timeout && fits ? { scrape_timeout: timeout } : {}) };
}

/** Timestamps and labels of targets, as far as the settings let objects decide. */
export function honours(
  from: {
    readonly honorLabels?: boolean | null | undefined;
    readonly honorTimestamps?: boolean | null | undefined;
    readonly trackTimestampsStaleness?: boolean | null | undefined;
  },
  notebook: Notebook,
): Record<string, unknown> {
  const { overrideHonorLabels, overrideHonorTimestamps } = notebook.settings;
  return {
    honor_labels: !overrideHonorLabels && (from.honorLabels ?? false),
    honor_timestamps: !overrideHonorTimestamps && (from.honorTimestamps ?? true),
    ...(from.trackTimestampsStaleness ? { track_timestamps_staleness: true } : {}),
  };
}

/** Namespaces to look in: none stands for all. */
export function wantedNamespaces(
  selector: z.output<typeof namespaceSelectorField>,
  own: string,
  settings: OperatorSettings,
): readonly string[] {
  if (settings.ignoreNamespaceSelectors) return [own];
  if (selector?.any) return [];
  const names = selector?.matchNames ?? [];
  return names.length === 0 ? [own] : names;
}
