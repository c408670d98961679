import { BadInputError } from '../kit/app-error.ts';
import {
  allPanels,
  type DataLink,
  type FieldConfig,
  type Panel,
  type Place,
  type Target,
} from './dashboard.ts';
import { listOf, numberOf, recordOf, textOf, wordOf } from './json-view.ts';

type Json = Readonly<Record<string, unknown>>;

/** More panels, queries of one, or transformations of one than these are not read. */
export const mostPanels = 500;
const mostTargets = 50;
const mostTransformations = 50;
/** The grid's width. */
export const gridColumns = 24;

/**
 * The panels of a dashboard. Ids that are missing or taken are given anew, as the address names panels by them.
 *
 * @throws {BadInputError} when there are too many.
 */
export function readPanels(json: unknown): Panel[] {
  const panels = listOf(json).map((panel, i) => readPanel(recordOf(panel), `panels[${i}]`));
  const all = allPanels({ panels });
  if (all.length > mostPanels)
    throw new BadInputError('panels', `at most ${mostPanels} are read, there are ${all.length}`);
  return withIds(panels);
}

function readPanel(json: Json, path: string): Panel {
  const targets = listOf(json['targets']);
  const transformations = listOf(json['transformations']);
  if (targets.length > mostTargets)
    throw new BadInputError(
      `${path}.targets`,
      `at most ${mostTargets} are read, there are ${targets.length}`,
    );
  if (transformations.length > mostTransformations)
    throw new BadInputError(
      `${path}.transformations`,
      `at most ${mostTransformations} are read, there are ${transformations.length}`,
    );
  const repeat = textOf(json['repeat']);
  return {
    id: numberOf(json['id']) ?? 0,
    type: textOf(json['type']),
    title: textOf(json['title']),
    description: textOf(json['description']),
    place: readPlace(recordOf(json['gridPos'])),
    targets: targets.map((target, i) => readTarget(recordOf(target), i)),
    fields: readFields(recordOf(json['fieldConfig'])),
    options: recordOf(json['options']),
    transformations: transformations.map((each) => {
      const { id, options, disabled } = recordOf(each);
      return { id: textOf(id), options: recordOf(options), disabled: disabled === true };
    }),
    links: readLinks(json['links']),
    interval: textOf(json['interval']),
    maxDataPoints: numberOf(json['maxDataPoints']),
    timeFrom: textOf(json['timeFrom']),
    timeShift: textOf(json['timeShift']),
    transparent: json['transparent'] === true,
    repeat:
      repeat === ''
        ? undefined
        : {
            variable: repeat,
            direction: wordOf(json['repeatDirection'], ['h', 'v']),
            mostPerRow: Math.max(1, Math.min(gridColumns, numberOf(json['maxPerRow']) ?? 4)),
          },
    folded: json['collapsed'] === true,
    panels:
      json['type'] === 'row'
        ? listOf(json['panels']).map((panel, i) => readPanel(recordOf(panel), `${path}.panels[${i}]`))
        : [],
  };
}

function readPlace(json: Json): Place {
  const whole = (value: unknown, otherwise: number, least: number, limit: number) =>
    Math.max(least, Math.min(limit, Math.round(numberOf(value) ?? otherwise)));
  const w = whole(json['w'], 12, 1, gridColumns);
  return {
    w,
    h: whole(json['h'], 8, 1, 100),
    x: whole(json['x'], 0, 0, gridColumns - w),
    y: whole(json['y'], 0, 0, 100_000),
  };
}

function readTarget(json: Json, index: number): Target {
  return {
    refId: textOf(json['refId']) || refIdAt(index),
    expr: textOf(json['expr']),
    legend: textOf(json['legendFormat']),
    format: wordOf(json['format'], ['time_series', 'table', 'heatmap']),
    // Both may be asked for; the range is what says more.
    instant: json['instant'] === true && json['range'] !== true,
    hidden: json['hide'] === true,
    interval: textOf(json['interval']),
  };
}

/** A, B, … Z, AA, … */
function refIdAt(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : refIdAt(Math.floor(index / 26) - 1) + letter;
}

function readFields(json: Json): FieldConfig {
  return {
    defaults: recordOf(json['defaults']),
    overrides: listOf(json['overrides']).map((each) => {
      const { matcher, properties } = recordOf(each);
      const { id, options } = recordOf(matcher);
      return {
        matcher: { id: textOf(id), options },
        properties: listOf(properties).map((property) => {
          const of = recordOf(property);
          return { id: textOf(of['id']), value: of['value'] };
        }),
      };
    }),
  };
}

export function readLinks(json: unknown): DataLink[] {
  return listOf(json)
    .map(recordOf)
    .map((link) => ({
      title: textOf(link['title']),
      url: textOf(link['url']),
      newTab: link['targetBlank'] === true,
    }))
    .filter(({ url }) => url !== '');
}

function withIds(panels: readonly Panel[]): Panel[] {
  const taken = new Set<number>();
  let next = Math.max(0, ...allPanels({ panels }).map(({ id }) => id)) + 1;
  const give = (panel: Panel): Panel => {
    const id = panel.id > 0 && !taken.has(panel.id) ? panel.id : next++;
    taken.add(id);
    return { ...panel, id, panels: panel.panels.map(give) };
  };
  return panels.map(give);
}
