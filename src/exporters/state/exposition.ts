import type { MetricFamily } from '../../model/metric.ts';
import { labelText } from './label-names.ts';
import type { Rendered } from './rendered.ts';
import type { SelectedResource } from './select-families.ts';
import type { StateObjects } from './state-objects.ts';

export interface ExpositionChoice {
  /** Names of resources; all when left out. */
  readonly resources?: readonly string[];
  readonly excluded?: readonly string[];
  readonly openMetrics: boolean;
}

/**
 * Text is handed out in pieces of about this many characters. What is larger than half a page of V8's heap (128 KiB) gets memory of its
 * own from the system each time, which took a third of the time of it all.
 */
const pieceLength = 64 * 1024;

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
  const all = Array.from(objects.of(resource).values(), ({ rendered }) => rendered);
  /** How many series of each object are told already. */
  const cursors = new Uint32Array(all.length);
  const parts: string[] = [];
  let length = 0;
  for (const [index, family] of resource.families.entries()) {
    const start = `${family.name}{`;
    let head = headOf(family, openMetrics);
    for (let i = 0; i < all.length; i++) {
      const rendered = all[i] as Rendered;
      const from = cursors[i] as number;
      if (rendered.families[from] !== index) continue;
      if (head !== '') parts.push(head);
      head = '';
      let to = from;
      while (rendered.families[to] === index) length += addLine(parts, rendered, start, to++);
      cursors[i] = to;
      if (length < pieceLength) continue;
      yield parts.join('');
      parts.length = 0;
      length = 0;
    }
  }
  if (parts.length > 0) yield parts.join('');
}

/** Adds a line in its parts: joining many at once is cheaper than adding text to text. @returns how long it is */
function addLine(
  parts: string[],
  { identity, labels, values }: Rendered,
  start: string,
  index: number,
): number {
  const own = labels[index] as string;
  const end = endText(values[index] as number);
  if (own === '' || identity === '') parts.push(start, identity, own, end);
  else parts.push(start, identity, ',', own, end);
  return start.length + identity.length + own.length + end.length + 1;
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

/** Ends of lines with the values that most have. */
const commonEnds = Array.from({ length: 256 }, (_, value) => `} ${value}\n`);

function endText(value: number): string {
  return commonEnds[value] ?? `} ${valueText(value)}\n`;
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
