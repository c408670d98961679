import { BadInputError } from '../../kit/app-error.ts';
import type { IsSpent, Work } from '../../kit/work.ts';
import type { MetricType } from '../../model/metric.ts';
import { ProtoReader } from '../../wire/proto-reader.ts';
import type { Distribution, PushedBody, PushedFamily, PushedMetric } from './pushed-family.ts';

/** By their numbers in the schema. A gauge histogram is kept as a histogram. */
const types: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'histogram'];

/**
 * A push as `io.prometheus.client.MetricFamily` messages, the length of each before it. Of native histograms the classic buckets are
 * kept, count and sum alone where there are none.
 *
 * Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 * @throws {BadInputError} for bytes that are no such messages
 */
export function* readProtobufBody(bytes: Uint8Array, isSpent: IsSpent): Work<PushedBody> {
  const reader = new ProtoReader(bytes);
  const families = new Map<string, PushedFamily>();
  const seen = { hasTimes: false };
  try {
    while (reader.hasMore) {
      const family = yield* readFamily(reader, seen, isSpent);
      if (family.metrics.length > 0) families.set(family.name, family);
    }
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    throw new BadInputError('', `protobuf parsing error: ${error.message}`, { cause: error });
  }
  return { families: [...families.values()], hasTimes: seen.hasTimes };
}

function* readFamily(reader: ProtoReader, seen: { hasTimes: boolean }, isSpent: IsSpent): Work<PushedFamily> {
  let name = '';
  let help = '';
  let type: MetricType = 'counter';
  const metrics: PushedMetric[] = [];
  const outer = reader.end;
  reader.end = reader.span();
  while (reader.hasMore) {
    reader.field((field) => {
      if (field === 1) name = reader.text();
      else if (field === 2) help = reader.text();
      else if (field === 3) type = types[reader.int32()] ?? 'unknown';
      else if (field === 4) metrics.push(readMetric(reader, seen));
      else return false;
      return true;
    });
    if (isSpent()) yield;
  }
  reader.end = outer;
  const isDistribution = isDistributed(type);
  for (const { distribution } of metrics)
    if ((distribution !== undefined) !== isDistribution)
      throw new BadInputError('', `a metric of "${name}" is no ${type}, as the family says`);
  return { name, help, type, metrics };
}

function isDistributed(type: MetricType): boolean {
  return type === 'histogram' || type === 'summary';
}

function readMetric(reader: ProtoReader, seen: { hasTimes: boolean }): PushedMetric {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  let value = 0;
  let distribution: Distribution | undefined;
  reader.message((field) => {
    if (field === 1) readLabel(reader, labels);
    else if (field === 2 || field === 3 || field === 5) value = readValue(reader);
    else if (field === 4) distribution = readSummary(reader);
    else if (field === 7) distribution = readHistogram(reader);
    else if (field === 6) {
      reader.int64();
      seen.hasTimes = true;
    } else return false;
    return true;
  });
  return { labels: { ...labels }, value, ...(distribution === undefined ? {} : { distribution }) };
}

function readLabel(reader: ProtoReader, labels: Record<string, string>): void {
  let name = '';
  let value = '';
  reader.message((field) => {
    if (field === 1) name = reader.text();
    else if (field === 2) value = reader.text();
    else return false;
    return true;
  });
  if (name in labels) throw new BadInputError('', `a metric has the label "${name}" twice`);
  labels[name] = value;
}

function readValue(reader: ProtoReader): number {
  let value = 0;
  reader.message((field, wire) => {
    if (field !== 1 || wire !== 1) return false;
    value = reader.double();
    return true;
  });
  return value;
}

function readSummary(reader: ProtoReader): Distribution {
  let count = 0;
  let sum = 0;
  const points: (readonly [number, number])[] = [];
  reader.message((field) => {
    if (field === 1) count = reader.uint64();
    else if (field === 2) sum = reader.double();
    else if (field === 3) points.push(readPoint(reader, (from) => from.double()));
    else return false;
    return true;
  });
  return { count, sum, points: ordered(points) };
}

function readHistogram(reader: ProtoReader): Distribution {
  let count = 0;
  let sum = 0;
  const points: (readonly [number, number])[] = [];
  reader.message((field, wire) => {
    if (field === 1) count = reader.uint64();
    else if (field === 2) sum = reader.double();
    else if (field === 3) points.push(readBucket(reader));
    // `sample_count_float` stands for the count where it is there.
    else if (field === 4 && wire === 1) count = reader.double();
    else return false;
    return true;
  });
  return { count, sum, points: ordered(points) };
}

function readPoint(reader: ProtoReader, second: (reader: ProtoReader) => number): readonly [number, number] {
  let at = 0;
  let value = 0;
  reader.message((field) => {
    if (field === 1) at = reader.double();
    else if (field === 2) value = second(reader);
    else return false;
    return true;
  });
  return [at, value];
}

function readBucket(reader: ProtoReader): readonly [number, number] {
  let count = 0;
  let bound = 0;
  reader.message((field, wire) => {
    if (field === 1) count = reader.uint64();
    else if (field === 2) bound = reader.double();
    else if (field === 4 && wire === 1) count = reader.double();
    else return false;
    return true;
  });
  return [bound, count];
}

function ordered(points: (readonly [number, number])[]): (readonly [number, number])[] {
  points.sort(([a], [b]) => a - b);
  if (points.some(([at], i) => at === points[i + 1]?.[0]))
    throw new BadInputError('', 'a metric has the same bucket or quantile twice');
  return points;
}
