import { comment, type LineCache } from './line-cache.ts';

/** What a target says of a metric. */
export interface MetricMetadata {
  readonly name: string;
  /** `unknown` where nothing is said. */
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

const form = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))(?:[ \t]+(.*))?$/s;

/** Read from the comments of the target's last scrapes; nothing is kept for it. */
export function readMetadata(cache: LineCache, sinceRound: number): MetricMetadata[] {
  const found = new Map<string, { type: string; help: string; unit: string }>();
  for (let row = 0; row < cache.size; row++) {
    if (cache.handles[row] !== comment || (cache.rounds[row] as number) < sinceRound) continue;
    const [, keyword, quoted, bare, rest = ''] = form.exec(cache.keyOf(row).toString('utf8').trimEnd()) ?? [];
    const name = quoted ?? bare;
    if (keyword === undefined || name === undefined) continue;
    const entry = found.get(name) ?? { type: 'unknown', help: '', unit: '' };
    found.set(name, entry);
    if (keyword === 'HELP') entry.help = unescaped(rest);
    else if (keyword === 'TYPE') entry.type = rest === 'untyped' ? 'unknown' : rest;
    else entry.unit = rest;
  }
  return [...found].map(([name, entry]) => ({ name, ...entry }));
}

function unescaped(text: string): string {
  return text.replace(/\\([\\n"])/g, (_whole, char: string) => (char === 'n' ? '\n' : char));
}
