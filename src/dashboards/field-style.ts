// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import { safeRegex } from '../kit/regex.ts';
import type { DataLink, FieldConfig, Options } from './dashboard.ts';
import { type Cell, type Field, type Frame, nameOf } from './frames.ts';
import { interpolate, type Scope } from './interpolate.ts';
import { listOf, numberOf, recordOf, textOf, textsOf } from './json-view.ts';
import { readLinks } from './read-panels.ts';
import { unslashed } from './transformations/columns.ts';
import { type ShowContext, showValue } from './units.ts';

/** How a column or line looks: the defaults of its panel with the overrides that fit it. */
export interface FieldStyle {
  readonly name: string;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly noValue: string;
  readonly thresholds: Thresholds;
  readonly mappings: readonly Mapping[];
  /** Grafana's `color.mode`, and the colour where it is fixed. */
  readonly colourMode: string;
  readonly fixedColour: string;
  readonly links: readonly DataLink[];
  /** What belongs to the kind of panel: `fillOpacity`, `cellOptions`, … */
  readonly custom: Options;
}

export interface Thresholds {
  readonly isPercent: boolean;
  /** From the lowest up; the first one is from minus infinity. */
  readonly steps: readonly { readonly from: number; readonly colour: string }[];
}

export type Mapping =
  | { readonly kind: 'value'; readonly options: Readonly<Record<string, MappedTo>> }
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly result: MappedTo }
  | { readonly kind: 'regex'; readonly pattern: string; readonly result: MappedTo }
  | { readonly kind: 'special'; readonly match: string; readonly result: MappedTo };

export interface MappedTo {
  readonly text: string | undefined;
  readonly colour: string | undefined;
}

/** The style of each column, in their order. */
export function stylesOf(frame: Frame, config: FieldConfig, scope: Scope): FieldStyle[] {
  return frame.fields.map((field) => styleOf(field, frame, config, scope));
}

export function styleOf(field: Field, frame: Frame, config: FieldConfig, scope: Scope): FieldStyle {
  let options = config.defaults;
  for (const { matcher, properties } of config.overrides) {
    if (!fitsField(matcher, field, frame)) continue;
    for (const { id, value } of properties) options = withProperty(options, id, value);
  }
  const colour = recordOf(options['color']);
  const displayName = textOf(options['displayName']);
  return {
    name: displayName === '' ? nameOf(field) : filledName(displayName, field, scope),
    unit: textOf(options['unit']),
    decimals: numberOf(options['decimals']),
    min: numberOf(options['min']),
    max: numberOf(options['max']),
    noValue: textOf(options['noValue']),
    thresholds: readThresholds(options['thresholds']),
    mappings: readMappings(options['mappings']),
    colourMode: textOf(colour['mode']),
    fixedColour: textOf(colour['fixedColor']),
    links: readLinks(options['links']),
    custom: recordOf(options['custom']),
  };
}

/** `${__field.labels.pod}` and the variables of the dashboard. */
function filledName(text: string, field: Field, scope: Scope): string {
  return interpolate(
    text
      .replace(/\$\{__field\.labels\.(\w+)\}/g, (_, label: string) => field.labels?.[label] ?? '')
      .replaceAll('${__field.name}', field.name),
    scope,
    'text',
  );
}

function fitsField(
  { id, options }: FieldConfig['overrides'][number]['matcher'],
  field: Field,
  { refId }: Frame,
): boolean {
  const name = nameOf(field);
  if (id === 'byName') return options === name || options === field.name;
  if (id === 'byRegexp') return isFound(textOf(options), name);
  if (id === 'byType') return options === field.type;
  if (id === 'byFrameRefID') return options === refId && field.type === 'number';
  if (id === 'byNames') return textsOf(recordOf(options)['names']).includes(name);
  return false;
}

function isFound(pattern: string, text: string): boolean {
  try {
    return pattern !== '' && safeRegex(unslashed(pattern)).finds(text);
  } catch {
    // A pattern that is none fits nothing; the lint names it.
    return false;
  }
}

/** `custom.width` is the property `width` of `custom`. */
function withProperty(options: Options, id: string, value: unknown): Options {
  const [first = '', ...rest] = id.split('.');
  if (rest.length === 0) return { ...options, [first]: value };
  return { ...options, [first]: withProperty(recordOf(options[first]), rest.join('.'), value) };
}

function readThresholds(json: unknown): Thresholds {
  const { mode, steps } = recordOf(json);
  return {
    isPercent: mode === 'percentage',
    steps: listOf(steps)
      .map(recordOf)
      .map(({ value, color }) => ({
        from: numberOf(value) ?? Number.NEGATIVE_INFINITY,
        colour: textOf(color, 'green'),
      }))
      .sort((a, b) => (a.from === b.from ? 0 : a.from - b.from)),
  };
}

function readMappings(json: unknown): Mapping[] {
  return listOf(json)
    .map(recordOf)
    .flatMap(({ type, options: json }): Mapping[] => {
      const options = recordOf(json);
      const result = mappedTo(options['result']);
      if (type === 'value') {
        const entries = Object.entries(options).map(([value, to]) => [value, mappedTo(to)] as const);
        return [{ kind: 'value', options: Object.fromEntries(entries) }];
      }
      if (type === 'range') {
        const from = numberOf(options['from']) ?? Number.NEGATIVE_INFINITY;
        return [{ kind: 'range', from, to: numberOf(options['to']) ?? Number.POSITIVE_INFINITY, result }];
      }
      if (type === 'regex') return [{ kind: 'regex', pattern: textOf(options['pattern']), result }];
      return type === 'special' ? [{ kind: 'special', match: textOf(options['match']), result }] : [];
    });
}

function mappedTo(json: unknown): MappedTo {
  const { text, color } = recordOf(json);
  return { text: textOf(text) || undefined, colour: textOf(color) || undefined };
}

/** What a value is mapped to; undefined when no mapping fits. */
export function mappingOf(value: Cell, mappings: readonly Mapping[]): MappedTo | undefined {
  for (const mapping of mappings) {
    if (mapping.kind === 'value') {
      const found = value === null ? undefined : mapping.options[String(value)];
      if (found !== undefined) return found;
    } else if (fitsMapping(value, mapping)) return mapping.result;
  }
  return undefined;
}

function fitsMapping(value: Cell, mapping: Exclude<Mapping, { readonly kind: 'value' }>): boolean {
  if (mapping.kind === 'range')
    return typeof value === 'number' && value >= mapping.from && value <= mapping.to;
  if (mapping.kind === 'regex') return value !== null && isFound(mapping.pattern, String(value));
  const isNoNumber = typeof value === 'number' && Number.isNaN(value);
  if (mapping.match === 'null') return value === null;
  if (mapping.match === 'nan') return isNoNumber;
  if (mapping.match === 'null+nan') return value === null || isNoNumber;
  return mapping.match === 'empty' && value === '';
}

/** The colour of the highest step that a value reaches. */
export function thresholdColour(
  value: number,
  { thresholds: { steps, isPercent }, min = 0, max = 100 }: Pick<FieldStyle, 'thresholds' | 'min' | 'max'>,
): string | undefined {
  const compared = isPercent ? ((value - min) / (max - min || 1)) * 100 : value;
  return steps.findLast(({ from }) => compared >= from)?.colour;
}

export interface ShownCell {
  readonly text: string;
  readonly prefix: string;
  readonly suffix: string;
  /** What a mapping says; undefined otherwise. */
  readonly colour: string | undefined;
}

/** A cell as people read it: mapped, or in its unit. */
export function showCell(value: Cell, style: FieldStyle, context: ShowContext): ShownCell {
  const mapped = mappingOf(value, style.mappings);
  const plain = { prefix: '', suffix: '', colour: mapped?.colour };
  if (mapped?.text !== undefined) return { ...plain, text: mapped.text };
  if (value === null || (typeof value === 'number' && Number.isNaN(value)))
    return { ...plain, text: style.noValue || '–' };
  if (typeof value === 'string') return { ...plain, text: value };
  return { ...showValue(value, style.unit, style.decimals, context), colour: mapped?.colour };
}
