import { parseDocument, visit } from 'yaml';
import { formatDuration, parseDuration } from '../../src/kit/duration.ts';

/** Keys whose values are durations, in a `prometheus.yml`, a rule file and an `alertmanager.yml`. */
const durationKeys = new Set([
  ...['evaluation_interval', 'scrape_interval', 'scrape_timeout', 'for', 'keep_firing_for', 'interval'],
  ...['resolve_timeout', 'group_wait', 'group_interval', 'repeat_interval'],
]);

/**
 * A configuration file in faster time: each of its durations divided, and each text of `replace` put in place of another. All
 * else stays as the file has it.
 */
export function scaledConfig(
  text: string,
  factor: number,
  replace: Readonly<Record<string, string>> = {},
): string {
  const document = parseDocument(text);
  visit(document, {
    Pair(_key, pair) {
      const { key, value } = pair as { key: { value?: unknown }; value: { value?: unknown } | null };
      if (!durationKeys.has(String(key.value)) || typeof value?.value !== 'string') return;
      const ms = parseDuration(value.value);
      if (ms !== undefined) value.value = formatDuration(Math.max(1, Math.round(ms / factor)));
    },
    Scalar(_key, scalar) {
      if (typeof scalar.value !== 'string') return;
      scalar.value = replace[scalar.value] ?? scalar.value;
    },
  });
  return document.toString({ lineWidth: 0 });
}
