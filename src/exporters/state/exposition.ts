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
  let piece = '';
  for (const [index, family] of resource.families.entries()) {
    let head = headOf(family, openMetrics);
    for (let i = 0; i < all.length; i++) {
      const { rendered } = all[i] as StateObject;
      const from = cursors[i] as number;
      const to = endOf(rendered.families, from, index);
      if (from === to) continue;
      piece += head + linesOf(rendered, family.name, from, to);
      head = '';
      cursors[i] = to;
      if (piece.length < pieceLength) continue;
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

/** Where the run of `family` that begins at `from` ends. */
function endOf(families: readonly number[], from: number, family: number): number {
  let to = from;
  while (families[to] === family) to++;
  return to;
}

function linesOf({ identity, labels, values }: Rendered, name: string, from: number, to: number): string {
  const start = `${name}{${identity}`;
  let lines = '';
  for (let i = from; i < to; i++) {
    const own = labels[i] as string;
    lines += `${start}${own === '' || identity === '' ? '' : ','}${own}} ${valueText(values[i] as number)}\n`;
  }
  return lines;
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
