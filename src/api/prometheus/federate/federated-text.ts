import { showGoNumber } from '../../../kit/go-number.ts';
import type { Federated } from './federated.ts';

const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const legacyLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const pieceChars = 64 * 1024;

/** Names that are not of the old character set: quoted for those who take them, with underscores in them for the others. */
export type NameForm = 'quoted' | 'underscores';

/**
 * Prometheus' text format, in pieces; a family for each name, `untyped`, as Prometheus federates. Native histograms have no form
 * in it and are left out.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function* federatedText(samples: readonly Federated[], form: NameForm): Generator<string> {
  let text = '';
  let last = '';
  for (const { name: given, labels, atMs, value, histogram } of samples) {
    if (histogram !== undefined) continue;
    const name = form === 'quoted' ? given : underscored(given, legacyName);
    const isPlain = legacyName.test(name);
    if (name !== last) text += `# TYPE ${isPlain ? name : quoted(name)} untyped\n`;
    last = name;
    const pairs = labels.map(([label, own]) => {
      const shown = form === 'quoted' ? label : underscored(label, legacyLabel);
      return `${legacyLabel.test(shown) ? shown : quoted(shown)}=${quoted(own)}`;
    });
    if (!isPlain) pairs.unshift(quoted(name));
    text += `${isPlain ? name : ''}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${showGoNumber(value)} ${atMs}\n`;
    if (text.length < pieceChars) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function underscored(name: string, legal: RegExp): string {
  if (legal.test(name)) return name;
  const rest = name.replace(/[^a-zA-Z0-9_:]/gu, '_');
  return /^[0-9]/.test(rest) ? `_${rest.slice(1)}` : rest;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
}
