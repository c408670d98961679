import { finish, type IsSpent, type Work } from '../../kit/work.ts';
import { ExpositionError } from '../openmetrics/exposition-error.ts';
import { unescapedHelp } from '../openmetrics/line-reader.ts';
import type { FamilySample, LabelPairs, MetricFamily, MetricType } from '../openmetrics/metric-family.ts';

/** Types as this format names them. */
const types: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'unknown',
};

/** What samples of a family may add to its name. */
const suffixes: Readonly<Partial<Record<MetricType, readonly string[]>>> = {
  histogram: ['_bucket', '_count', '_sum'],
  summary: ['_count', '_sum'],
};

interface Building {
  readonly name: string;
  readonly line: number;
  type: MetricType | undefined;
  help: string | undefined;
  readonly samples: FamilySample[];
}

/** Lines that are read without a look at the time: well below a millisecond's work. */
const linesBetweenLooks = 64;

/**
 * Reads a whole exposition of `text/plain; version=0.0.4`, names of any UTF-8 in quotes as in 1.0.0 included.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 * @throws {ExpositionError} with the line and what is wrong there.
 */
export function parseText(text: string): MetricFamily[] {
  return finish(parseTextInTurns(text, () => false));
}

/** {@link parseText}, in slices of time. */
export function* parseTextInTurns(text: string, isSpent: IsSpent): Work<MetricFamily[]> {
  const families = new Map<string, Building>();
  if (text !== '' && !text.endsWith('\n')) {
    throw new ExpositionError(text.split('\n').length, 'the last line does not end with a line feed');
  }
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    readLine(text.slice(at, end), ++line, families);
    at = end + 1;
    if (line % linesBetweenLooks === 0 && isSpent()) yield;
  }
  return [...families.values()].map(({ name, line: first, type, help, samples }) => ({
    name,
    line: first,
    type: type ?? 'unknown',
    help,
    unit: undefined,
    samples,
  }));
}

function readLine(written: string, line: number, families: Map<string, Building>): void {
  const familyOf = (name: string): Building => {
    const held = families.get(name);
    if (held !== undefined) return held;
    const made: Building = { name, line, type: undefined, help: undefined, samples: [] };
    families.set(name, made);
    return made;
  };
  const trimmed = written.replace(/^[ \t]+|[ \t\r]+$/g, '');
  if (trimmed === '') return;
  if (trimmed.startsWith('#')) readComment(trimmed, line, familyOf);
  else {
    const sample = readSample(trimmed, line);
    familyOf(familyName(sample.name, families)).samples.push(sample);
  }
}

function familyName(sampleName: string, families: ReadonlyMap<string, Building>): string {
  for (const [type, endings] of Object.entries(suffixes)) {
    for (const ending of endings) {
      const name = sampleName.slice(0, -ending.length);
      if (sampleName.endsWith(ending) && families.get(name)?.type === type) return name;
    }
  }
  return sampleName;
}

const named = /^(?:([a-zA-Z_:][a-zA-Z0-9_:]*)|"((?:[^"\\]|\\.)+)")(?:[ \t]+(.*))?$/s;

/** Comments that are neither HELP nor TYPE say nothing. */
function readComment(text: string, line: number, familyOf: (name: string) => Building): void {
  const [, keyword, rest = ''] = /^#[ \t]*(HELP|TYPE)(?:[ \t]+(.*))?$/s.exec(text) ?? [];
  if (keyword === undefined) return;
  const [, plain, quoted, value = ''] = named.exec(rest) ?? [];
  const name = plain ?? (quoted === undefined ? undefined : unescapedHelp(quoted));
  if (name === undefined) throw new ExpositionError(line, `expected the name of a metric after # ${keyword}`);
  const family = familyOf(name);
  if (keyword === 'HELP') {
    if (family.help !== undefined) throw new ExpositionError(line, `a second # HELP for the metric ${name}`);
    family.help = unescapedHelp(value);
    return;
  }
  const type = types[value.toLowerCase()];
  if (type === undefined) {
    throw new ExpositionError(
      line,
      `there is no type "${value}"; there are ${Object.keys(types).join(', ')}`,
    );
  }
  if (family.type !== undefined || family.samples.length > 0) {
    throw new ExpositionError(line, `a second # TYPE for the metric ${name}, or one after its samples`);
  }
  family.type = type;
}

const number =
  /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?|[+-]?nan|[+-]?0[xX][0-9a-fA-F]+)$/i;

function readSample(text: string, line: number): FamilySample {
  const [whole = '', plain] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*/.exec(text) ?? [];
  let rest = text.slice(whole.length);
  let labels: LabelPairs = [];
  let name = plain;
  if (rest.startsWith('{')) ({ name, labels, rest } = readLabels(rest, line, plain));
  if (name === undefined) {
    throw new ExpositionError(line, `expected the name of a metric, found "${text.slice(0, 40)}"`);
  }
  const [value = '', timestamp, more] = rest.trim().split(/[ \t]+/);
  if (!number.test(value))
    throw new ExpositionError(line, `expected a number as the value, found "${value}"`);
  if (timestamp !== undefined && !/^-?\d+$/.test(timestamp)) {
    throw new ExpositionError(line, `expected whole milliseconds as the timestamp, found "${timestamp}"`);
  }
  if (more !== undefined)
    throw new ExpositionError(line, `there is something after the timestamp: "${more}"`);
  const timestampMs = timestamp === undefined ? undefined : Number(timestamp);
  return { name, labels, value: numberOf(value), timestampMs, exemplar: undefined, line };
}

function numberOf(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

const label =
  /^[ \t]*(?:([a-zA-Z_][a-zA-Z0-9_]*)|"((?:[^"\\]|\\.)+)")[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,|(?=\}))/s;
const quotedName = /^[ \t]*"((?:[^"\\]|\\.)+)"[ \t]*(,|(?=\}))/s;

interface Braces {
  readonly name: string | undefined;
  readonly labels: LabelPairs;
  /** What follows. */
  readonly rest: string;
}

/** `{a="1", b="2",}`, or `{"the name", "a label"="1"}` where names are more than letters. */
function readLabels(text: string, line: number, before: string | undefined): Braces {
  const labels: [string, string][] = [];
  let rest = text.slice(1);
  let name = before;
  for (;;) {
    const end = /^[ \t]*\}/.exec(rest);
    if (end !== null) return { name, labels, rest: rest.slice(end[0].length) };
    const quoted = name === undefined ? quotedName.exec(rest) : null;
    if (quoted !== null) {
      name = unescapedHelp(quoted[1] ?? '');
      rest = rest.slice(quoted[0].length);
      continue;
    }
    const found = label.exec(rest);
    if (found === null) {
      throw new ExpositionError(line, `expected a label such as name="value", found "${rest.slice(0, 40)}"`);
    }
    const [whole, plain, written = '', value = ''] = found;
    const key = plain ?? unescapedHelp(written);
    if (labels.some(([held]) => held === key))
      throw new ExpositionError(line, `the label ${key} is there twice`);
    labels.push([key, unescapedHelp(value)]);
    rest = rest.slice(whole.length);
  }
}
