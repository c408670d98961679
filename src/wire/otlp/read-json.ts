import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { bad } from '../proto-reader.ts';
import {
  type Attribute,
  type AttributeValue,
  attributeText,
  type ExponentialBuckets,
  emptyMetric,
  mostDepth,
  mostNumbers,
  type OtlpExemplar,
  type OtlpMetric,
  type OtlpResource,
  type OtlpScope,
  type Point,
  temporalities,
} from './metrics.ts';

/**
 * An `ExportMetricsServiceRequest` as JSON: names in camel case, 64-bit numbers as texts, ids in hexadecimal.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @throws {BadInputError} when the text is none.
 */
export function readOtlpJson(text: string): OtlpResource[] {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch (error) {
    throw new BadInputError('', `not JSON: ${messageOf(error)}`, { cause: error });
  }
  return items(object(request, 'the request'), 'resourceMetrics').map((one) => ({
    attributes: attributesOf(child(one, 'resource')),
    scopes: items(one, 'scopeMetrics').map(scopeOf),
  }));
}

type Json = Readonly<Record<string, unknown>>;

function scopeOf(json: Json): OtlpScope {
  const scope = child(json, 'scope');
  return {
    name: textOf(scope, 'name'),
    version: textOf(scope, 'version'),
    schemaUrl: textOf(json, 'schemaUrl'),
    attributes: attributesOf(scope),
    metrics: items(json, 'metrics').map(metricOf),
  };
}

function metricOf(json: Json): OtlpMetric {
  const metric = emptyMetric();
  metric.name = textOf(json, 'name');
  metric.description = textOf(json, 'description');
  metric.unit = textOf(json, 'unit');
  const data = (key: string, kind: OtlpMetric['kind']): readonly Json[] => {
    if (json[key] === undefined || json[key] === null) return [];
    const held = child(json, key);
    metric.kind = kind;
    metric.isMonotonic = held['isMonotonic'] === true;
    metric.temporality = temporalityOf(held['aggregationTemporality']);
    return items(held, 'dataPoints');
  };
  for (const point of [...data('gauge', 'gauge'), ...data('sum', 'sum')])
    metric.numbers.push({ ...pointOf(point), value: numberValue(point), exemplars: exemplarsOf(point) });
  for (const point of data('histogram', 'histogram'))
    metric.histograms.push({
      ...pointOf(point),
      count: numberOf(point, 'count'),
      sum: optional(point, 'sum'),
      counts: numbersOf(point, 'bucketCounts'),
      bounds: numbersOf(point, 'explicitBounds'),
      exemplars: exemplarsOf(point),
    });
  for (const point of data('exponentialHistogram', 'exponential-histogram'))
    metric.exponentials.push({
      ...pointOf(point),
      count: numberOf(point, 'count'),
      sum: optional(point, 'sum'),
      scale: numberOf(point, 'scale'),
      zeroCount: numberOf(point, 'zeroCount'),
      zeroThreshold: numberOf(point, 'zeroThreshold'),
      positive: bucketsOf(child(point, 'positive')),
      negative: bucketsOf(child(point, 'negative')),
      exemplars: exemplarsOf(point),
    });
  for (const point of data('summary', 'summary'))
    metric.summaries.push({
      ...pointOf(point),
      count: numberOf(point, 'count'),
      sum: numberOf(point, 'sum'),
      quantiles: items(point, 'quantileValues').map((entry) => ({
        quantile: numberOf(entry, 'quantile'),
        value: numberOf(entry, 'value'),
      })),
    });
  return metric;
}

/** By number, or by the name of the enumeration. */
function temporalityOf(value: unknown): OtlpMetric['temporality'] {
  const index =
    typeof value === 'string'
      ? temporalities.findIndex((name) => value.toLowerCase().endsWith(`_${name}`))
      : Number(value ?? 0);
  return temporalities[index] ?? 'unspecified';
}

function pointOf(json: Json): Point {
  return {
    attributes: attributesOf(json),
    atMs: Math.floor(numberOf(json, 'timeUnixNano') / 1e6),
    isGone: (numberOf(json, 'flags') & 1) === 1,
  };
}

function numberValue(json: Json): number {
  return json['asInt'] === undefined ? numberOf(json, 'asDouble') : numberOf(json, 'asInt');
}

function bucketsOf(json: Json): ExponentialBuckets {
  return { offset: numberOf(json, 'offset'), counts: numbersOf(json, 'bucketCounts') };
}

function exemplarsOf(json: Json): OtlpExemplar[] {
  return items(json, 'exemplars').map((one) => ({
    atMs: Math.floor(numberOf(one, 'timeUnixNano') / 1e6),
    value: numberValue(one),
    traceId: textOf(one, 'traceId').toLowerCase(),
    spanId: textOf(one, 'spanId').toLowerCase(),
    attributes: attributesOf(one, 'filteredAttributes'),
  }));
}

function attributesOf(json: Json, key = 'attributes'): Attribute[] {
  return items(json, key).map((pair) => [textOf(pair, 'key'), attributeText(anyOf(child(pair, 'value'), 0))]);
}

function anyOf(json: Json, depth: number): AttributeValue {
  if (depth > mostDepth) throw bad(`the value of an attribute is nested deeper than ${mostDepth}`);
  if (json['stringValue'] !== undefined) return textOf(json, 'stringValue');
  if (json['boolValue'] !== undefined) return json['boolValue'] === true;
  if (json['intValue'] !== undefined) return numberOf(json, 'intValue');
  if (json['doubleValue'] !== undefined) return numberOf(json, 'doubleValue');
  if (json['bytesValue'] !== undefined) return textOf(json, 'bytesValue');
  if (json['arrayValue'] !== undefined)
    return items(child(json, 'arrayValue'), 'values').map((one) => anyOf(one, depth + 1));
  if (json['kvlistValue'] !== undefined)
    return Object.fromEntries(
      items(child(json, 'kvlistValue'), 'values').map((pair) => [
        textOf(pair, 'key'),
        anyOf(child(pair, 'value'), depth + 1),
      ]),
    );
  return null;
}

function object(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(`${what} is not an object`);
  return value as Json;
}

/** What is missing is as good as empty. */
function child(json: Json, key: string): Json {
  const value = json[key];
  return value === undefined || value === null ? {} : object(value, key);
}

function items(json: Json, key: string): readonly Json[] {
  const value = json[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad(`${key} is not a list`);
  return value.map((one) => object(one, `an entry of ${key}`));
}

function textOf(json: Json, key: string): string {
  const value = json[key];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw bad(`${key} is not a text`);
  return value;
}

function numberOf(json: Json, key: string): number {
  return optional(json, key) ?? 0;
}

/** Numbers may be texts; those that JSON has no digits for are. */
function optional(json: Json, key: string): number | undefined {
  const value = json[key];
  return value === undefined || value === null ? undefined : asNumber(value, key);
}

function asNumber(value: unknown, key: string): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (Number.isNaN(number) && value !== 'NaN') throw bad(`${key} is not a number`);
  return number;
}

function numbersOf(json: Json, key: string): number[] {
  const value = json[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad(`${key} is not a list`);
  if (value.length > mostNumbers) throw bad(`${key} has more than ${mostNumbers} numbers`);
  return value.map((one) => asNumber(one, key));
}
