import { BadInputError } from '../../kit/app-error.ts';
import {
  type CounterReset,
  coarsestSchema,
  customBucketsSchema,
  type FloatHistogram,
  finestSchema,
} from '../../model/float-histogram.ts';
import { readNumber } from '../token-reader.ts';

/** A histogram as unit tests write it; `saysReset`: whether the text says something of resets. */
export interface NotedHistogram {
  readonly histogram: FloatHistogram;
  readonly saysReset: boolean;
}

const resets: Readonly<Record<string, CounterReset>> = {
  unknown: 'unknown',
  reset: 'reset',
  not_reset: 'not-reset',
  gauge: 'gauge',
};

const numberFields = ['schema', 'sum', 'count', 'z_bucket', 'z_bucket_w', 'offset', 'n_offset'] as const;
const listFields = ['buckets', 'n_buckets', 'custom_values'] as const;

/**
 * Reads `{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 counter_reset_hint:gauge}}`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 * @throws {BadInputError} naming the field that is wrong.
 */
export function parseHistogram(text: string): NotedHistogram {
  const numbers = new Map<string, number>();
  const lists = new Map<string, number[]>();
  let counterReset: CounterReset | undefined;
  for (const [name, value] of fieldsOf(text)) {
    if (numbers.has(name) || lists.has(name) || (name === 'counter_reset_hint' && counterReset !== undefined))
      throw bad(text, `${name} is given twice`);
    if (name === 'counter_reset_hint') {
      counterReset = resets[value];
      if (counterReset === undefined) throw bad(text, `${value} is no counter_reset_hint`);
    } else if (numberFields.some((field) => field === name)) numbers.set(name, toNumber(text, name, value));
    else if (listFields.some((field) => field === name)) lists.set(name, toList(text, name, value));
    else throw bad(text, `there is no field ${name}`);
  }
  const schema = numbers.get('schema') ?? 0;
  if (schema !== customBucketsSchema && !(schema >= coarsestSchema && schema <= finestSchema))
    throw bad(text, `schema ${schema} is neither -53 nor from -4 to 8`);
  const positive = Float64Array.from(lists.get('buckets') ?? []);
  const negative = Float64Array.from(lists.get('n_buckets') ?? []);
  const histogram: FloatHistogram = {
    schema,
    sum: numbers.get('sum') ?? 0,
    count: numbers.get('count') ?? 0,
    zeroCount: numbers.get('z_bucket') ?? 0,
    zeroThreshold: numbers.get('z_bucket_w') ?? 0,
    positiveSpans: spanOf(positive, numbers.get('offset')),
    negativeSpans: spanOf(negative, numbers.get('n_offset')),
    positiveBuckets: positive,
    negativeBuckets: negative,
    ...(schema === customBucketsSchema ? { customValues: lists.get('custom_values') ?? [] } : {}),
    counterReset: counterReset ?? 'unknown',
  };
  return { histogram, saysReset: counterReset !== undefined };
}

function fieldsOf(text: string): [name: string, value: string][] {
  const inner = /^\{\{(.*)\}\}$/s.exec(text)?.[1];
  if (inner === undefined) throw bad(text, 'it must stand in {{ and }}');
  const fields: [string, string][] = [];
  let rest = inner.trim();
  while (rest !== '') {
    const field = /^([a-z_]+)\s*:\s*(\[[^\]]*\]|[^\s[\]:]+)\s*/.exec(rest);
    if (field === null) throw bad(text, `cannot read "${rest}"`);
    fields.push([field[1] ?? '', field[2] ?? '']);
    rest = rest.slice(field[0].length);
  }
  return fields;
}

function toNumber(text: string, name: string, value: string): number {
  const size = readNumber(value.replace(/^[+-]/, ''));
  if (size === undefined) throw bad(text, `${name} is not a number: ${value}`);
  const number = value.startsWith('-') ? -size : size;
  if ((name === 'schema' || name.endsWith('offset')) && !Number.isInteger(number))
    throw bad(text, `${name} is not a whole number: ${value}`);
  return number;
}

function toList(text: string, name: string, value: string): number[] {
  const items = /^\[(.*)\]$/s.exec(value)?.[1]?.trim();
  if (items === undefined) throw bad(text, `${name} is not a list in brackets: ${value}`);
  return items === '' ? [] : items.split(/\s+/).map((item) => toNumber(text, 'buckets', item));
}

function spanOf(buckets: Float64Array, offset = 0): FloatHistogram['positiveSpans'] {
  return buckets.length === 0 ? [] : [{ offset, length: buckets.length }];
}

function bad(text: string, problem: string): BadInputError {
  return new BadInputError('', `series values: histogram ${text}: ${problem}`);
}
