import type { MetricFamily } from '../model/metric.ts';
import { formatValue } from './registry.ts';

/** The content type of {@link expositionText}. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Families in the Prometheus text format 0.0.4; names that it does not know stand in quotes, as in 1.0.0.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function expositionText(families: Iterable<MetricFamily>): string {
  let text = '';
  for (const piece of expositionPieces(families)) text += piece;
  return text;
}

/** Half a page of V8's heap: what is larger gets memory of its own from the system each time. */
const pieceLength = 64 * 1024;

/** {@link expositionText} in pieces, each of which is made in less than a millisecond or two. */
export function* expositionPieces(families: Iterable<MetricFamily>): Generator<string, void, undefined> {
  let text = '';
  for (const { name: plain, help, type, samples } of families) {
    const name = nameText(plain);
    text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
    text += `# TYPE ${name} ${type === 'unknown' ? 'untyped' : type}\n`;
    for (const sample of samples) {
      text += `${seriesText(sample)} ${formatValue(sample.value)}\n`;
      if (text.length < pieceLength) continue;
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

const knownName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const knownLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function nameText(name: string, known = knownName): string {
  return known.test(name) ? name : `"${escapeValue(name)}"`;
}

function seriesText({ name, labels }: MetricFamily['samples'][number]): string {
  const pairs = Object.keys(labels).map(
    (label) => `${nameText(label, knownLabel)}="${escapeValue(labels[label] ?? '')}"`,
  );
  if (!knownName.test(name)) return `{${[nameText(name), ...pairs].join(',')}}`;
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function escapeValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
