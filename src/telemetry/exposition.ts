import type { Labels } from '../model/labels.ts';
import type { MetricFamily } from '../model/metric.ts';
import { formatValue } from './registry.ts';

/** The content type of {@link expositionText}. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Families in the Prometheus text format 0.0.4.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function expositionText(families: Iterable<MetricFamily>): string {
  let text = '';
  for (const { name, help, type, samples } of families) {
    text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
    text += `# TYPE ${name} ${type === 'unknown' ? 'untyped' : type}\n`;
    for (const sample of samples) {
      text += `${sample.name}${labelText(sample.labels)} ${formatValue(sample.value)}\n`;
    }
  }
  return text;
}

function labelText(labels: Labels): string {
  const names = Object.keys(labels);
  if (names.length === 0) return '';
  return `{${names.map((name) => `${name}="${escapeValue(labels[name] ?? '')}"`).join(',')}}`;
}

function escapeValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
