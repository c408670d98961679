import type { MetricFamily } from '../../model/metric.ts';
import { labelText } from './label-names.ts';
import type { Rendered } from './rendered.ts';
import type { SelectedResource } from './select-families.ts';
import type { StateObject, StateObjects } from './state-objects.ts';

export interface ExpositionChoice {
  /** Names of resources; all when left out. */
  readonly resources?: readonly string[];
  readonly excluded?: readonly string[];
  readonly openMetrics: boolean;
}

/** Text is handed out in pieces of about this many characters. */
const pieceLength = 128 * 1024;

/**
 * All series as text, in pieces. What is put meanwhile shows up in later resources only, so that each resource is told as it was at
 * one time.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function* stateText(
  objects: StateObjects,
  choice: ExpositionChoice,
  more: readonly MetricFamily[] = [],
): Generator<string> {
  for (const resource of objects.resources)
    if (isChosen(resource, choice)) yield* resourceText(resource, objects, choice.openMetrics);
  let piece = '';
  for (const family of more) {
    piece += headOf(family, choice.openMetrics);
    for (const { name, labels, value } of family.samples)
      piece += `${name}{${labelText(Object.entries(labels).flat())}} ${valueText(value)}\n`;
  }
  yield choice.openMetrics ? `${piece}# EOF\n` : piece;
}

function* resourceText(
  resource: SelectedResource,
  objects: StateObjects,
  openMetrics: boolean,
): Generator<string> {
  const all = [...objects.of(resource).values()];
  /** How many series of each object are told already. */
  const cursors = new Uint32Array(all.length);
  let parts: string[] = [];
  let length = 0;
  for (const [index, family] of resource.families.entries()) {
    const start = `${family.name}{`;
    let head = headOf(family, openMetrics);
    for (let i = 0; i < all.length; i++) {
      const { rendered } = all[i] as StateObject;
      const from = cursors[i] as number;
      const to = endOf(rendered.families, from, index);
      if (from === to) continue;
      if (head !== '') parts.push(head);
      head = '';
      length += addLines(parts, rendered, start, from, to);
      cursors[i] = to;
      if (length < pieceLength) continue;
      yield parts.join('');
      parts = [];
      length = 0;
    }
  }
  if (parts.length > 0) yield parts.join('');
}

/** Where the run of `family` that begins at `from` ends. */
function endOf(families: readonly number[], from: number, family: number): number {
  let to = from;
  while (families[to] === family) to++;
  return to;
}

/** Adds lines in their parts: joining many at once is cheaper than adding text to text. @returns how long they are */
function addLines(
  parts: string[],
  { identity, labels, values }: Rendered,
  start: string,
  from: number,
  to: number,
): number {
  let length = 0;
  for (let i = from; i < to; i++) {
    const own = labels[i] as string;
    const end = `} ${valueText(values[i] as number)}\n`;
    if (own === '' || identity === '') parts.push(start, identity, own, end);
    else parts.push(start, identity, ',', own, end);
    length += start.length + identity.length + own.length + end.length + 1;
  }
  return length;
}

function isChosen({ resource }: SelectedResource, { resources, excluded = [] }: ExpositionChoice): boolean {
  return (resources === undefined || resources.includes(resource)) && !excluded.includes(resource);
}

function headOf(
  family: Pick<MetricFamily, 'name' | 'help' | 'type'> | undefined,
  openMetrics: boolean,
): string {
  if (family === undefined) return '';
  // OpenMetrics names a counter without the end that its samples have.
  const name = openMetrics && family.type === 'counter' ? family.name.replace(/_total$/, '') : family.name;
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${openMetrics ? help.replaceAll('"', '\\"') : help}\n# TYPE ${name} ${family.type}\n`;
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
