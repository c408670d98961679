import type { MetricFamily } from '../../model/metric.ts';
import { labelText } from './label-names.ts';
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
  let piece = '';
  for (const resource of objects.resources) {
    if (!isChosen(resource, choice)) continue;
    const all = [...objects.of(resource).values()];
    const cursors = new Uint32Array(all.length);
    for (let family = 0; family < resource.families.length; family++) {
      let head = headOf(resource.families[family], choice.openMetrics);
      const name = resource.families[family]?.name ?? '';
      for (let i = 0; i < all.length; i++) {
        const { rendered } = all[i] as StateObject;
        let cursor = cursors[i] as number;
        if (rendered.families[cursor] !== family) continue;
        const start = `${name}{${rendered.identity}`;
        do {
          const labels = rendered.labels[cursor] as string;
          const comma = labels === '' || rendered.identity === '' ? '' : ',';
          piece += `${head}${start}${comma}${labels}} ${valueText(rendered.values[cursor] as number)}\n`;
          head = '';
          cursor++;
        } while (rendered.families[cursor] === family);
        cursors[i] = cursor;
        if (piece.length < pieceLength) continue;
        yield piece;
        piece = '';
      }
    }
  }
  for (const family of more) {
    piece += headOf(family, choice.openMetrics);
    for (const { name, labels, value } of family.samples)
      piece += `${name}{${labelText(Object.entries(labels).flat())}} ${valueText(value)}\n`;
  }
  yield choice.openMetrics ? `${piece}# EOF\n` : piece;
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
