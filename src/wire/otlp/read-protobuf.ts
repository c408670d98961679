import { bad, ProtoReader } from '../proto-reader.ts';
import {
  type Attribute,
  type AttributeValue,
  attributeText,
  type ExponentialBuckets,
  type ExponentialPoint,
  emptyMetric,
  type HistogramPoint,
  mostDepth,
  mostNumbers,
  type NumberPoint,
  type OtlpExemplar,
  type OtlpMetric,
  type OtlpResource,
  type OtlpScope,
  type SummaryPoint,
  temporalities,
} from './metrics.ts';

/** An `ExportMetricsServiceRequest`. @throws {BadInputError} when the bytes are none. */
export function readOtlpProtobuf(bytes: Uint8Array): OtlpResource[] {
  const reader = new ProtoReader(bytes);
  const resources: OtlpResource[] = [];
  reader.fields((field) => {
    if (field !== 1) return false;
    resources.push(readResource(reader));
    return true;
  });
  return resources;
}

function readResource(reader: ProtoReader): OtlpResource {
  const resource: OtlpResource = { attributes: [], scopes: [] };
  reader.message((field) => {
    if (field === 1) reader.message((inner) => inner === 1 && readAttribute(reader, resource.attributes));
    else if (field === 2) resource.scopes.push(readScope(reader));
    else return false;
    return true;
  });
  return resource;
}

function readScope(reader: ProtoReader): OtlpScope {
  const scope: OtlpScope = { name: '', version: '', schemaUrl: '', attributes: [], metrics: [] };
  reader.message((field) => {
    if (field === 1) {
      reader.message((inner) => {
        if (inner === 1) scope.name = reader.text();
        else if (inner === 2) scope.version = reader.text();
        else return inner === 3 && readAttribute(reader, scope.attributes);
        return true;
      });
    } else if (field === 2) scope.metrics.push(readMetric(reader));
    else if (field === 3) scope.schemaUrl = reader.text();
    else return false;
    return true;
  });
  return scope;
}

function readMetric(reader: ProtoReader): OtlpMetric {
  const metric = emptyMetric();
  reader.message((field) => {
    switch (field) {
      case 1:
        metric.name = reader.text();
        return true;
      case 2:
        metric.description = reader.text();
        return true;
      case 3:
        metric.unit = reader.text();
        return true;
      case 5:
        metric.kind = 'gauge';
        readData(reader, metric, () => metric.numbers.push(readNumber(reader)));
        return true;
      case 7:
        metric.kind = 'sum';
        readData(reader, metric, () => metric.numbers.push(readNumber(reader)));
        return true;
      case 9:
        metric.kind = 'histogram';
        readData(reader, metric, () => metric.histograms.push(readHistogram(reader)));
        return true;
      case 10:
        metric.kind = 'exponential-histogram';
        readData(reader, metric, () => metric.exponentials.push(readExponential(reader)));
        return true;
      case 11:
        metric.kind = 'summary';
        readData(reader, metric, () => metric.summaries.push(readSummary(reader)));
        return true;
      default:
        return false;
    }
  });
  return metric;
}

function readData(reader: ProtoReader, metric: OtlpMetric, readPoint: () => void): void {
  reader.message((field) => {
    if (field === 1) readPoint();
    else if (field === 2) metric.temporality = temporalities[reader.uint32()] ?? 'unspecified';
    else if (field === 3) metric.isMonotonic = reader.bool();
    else return false;
    return true;
  });
}

function readNumber(reader: ProtoReader): NumberPoint {
  const point: NumberPoint = { attributes: [], atMs: 0, isGone: false, value: 0, exemplars: [] };
  reader.message((field) => {
    if (field === 3) point.atMs = readTime(reader);
    else if (field === 4) point.value = reader.double();
    else if (field === 5) point.exemplars.push(readExemplar(reader));
    else if (field === 6) point.value = reader.sfixed64();
    else if (field === 7) readAttribute(reader, point.attributes);
    else if (field === 8) point.isGone = isGone(reader);
    else return false;
    return true;
  });
  return point;
}

function readHistogram(reader: ProtoReader): HistogramPoint {
  const point: HistogramPoint = {
    ...{ attributes: [], atMs: 0, isGone: false, exemplars: [] },
    ...{ count: 0, sum: undefined, counts: [], bounds: [] },
  };
  reader.message((field, wire) => {
    if (field === 3) point.atMs = readTime(reader);
    else if (field === 4) point.count = reader.fixed64();
    else if (field === 5) point.sum = reader.double();
    else if (field === 6) reader.numbers(wire, () => reader.fixed64(), point.counts, mostNumbers);
    else if (field === 7) reader.numbers(wire, () => reader.double(), point.bounds, mostNumbers);
    else if (field === 8) point.exemplars.push(readExemplar(reader));
    else if (field === 9) readAttribute(reader, point.attributes);
    else if (field === 10) point.isGone = isGone(reader);
    else return false;
    return true;
  });
  return point;
}

function readExponential(reader: ProtoReader): ExponentialPoint {
  const point: ExponentialPoint = {
    ...{ attributes: [], atMs: 0, isGone: false, exemplars: [] },
    ...{ count: 0, sum: undefined, scale: 0, zeroCount: 0, zeroThreshold: 0 },
    positive: { offset: 0, counts: [] },
    negative: { offset: 0, counts: [] },
  };
  reader.message((field) => {
    switch (field) {
      case 1:
        return readAttribute(reader, point.attributes);
      case 3:
        point.atMs = readTime(reader);
        return true;
      case 4:
        point.count = reader.fixed64();
        return true;
      case 5:
        point.sum = reader.double();
        return true;
      case 6:
        point.scale = reader.sint32();
        return true;
      case 7:
        point.zeroCount = reader.fixed64();
        return true;
      case 8:
        readBuckets(reader, point.positive);
        return true;
      case 9:
        readBuckets(reader, point.negative);
        return true;
      case 10:
        point.isGone = isGone(reader);
        return true;
      case 11:
        point.exemplars.push(readExemplar(reader));
        return true;
      case 14:
        point.zeroThreshold = reader.double();
        return true;
      default:
        return false;
    }
  });
  return point;
}

function readBuckets(reader: ProtoReader, to: ExponentialBuckets): void {
  reader.message((field, wire) => {
    if (field === 1) to.offset = reader.sint32();
    else if (field === 2) reader.numbers(wire, () => reader.uint64(), to.counts, mostNumbers);
    else return false;
    return true;
  });
}

function readSummary(reader: ProtoReader): SummaryPoint {
  const point: SummaryPoint = { attributes: [], atMs: 0, isGone: false, count: 0, sum: 0, quantiles: [] };
  reader.message((field) => {
    if (field === 3) point.atMs = readTime(reader);
    else if (field === 4) point.count = reader.fixed64();
    else if (field === 5) point.sum = reader.double();
    else if (field === 6) {
      const entry = { quantile: 0, value: 0 };
      reader.message((inner) => {
        if (inner === 1) entry.quantile = reader.double();
        else if (inner === 2) entry.value = reader.double();
        else return false;
        return true;
      });
      point.quantiles.push(entry);
    } else if (field === 7) readAttribute(reader, point.attributes);
    else if (field === 8) point.isGone = isGone(reader);
    else return false;
    return true;
  });
  return point;
}

function readExemplar(reader: ProtoReader): OtlpExemplar {
  const exemplar: OtlpExemplar = { atMs: 0, value: 0, traceId: '', spanId: '', attributes: [] };
  reader.message((field) => {
    if (field === 2) exemplar.atMs = readTime(reader);
    else if (field === 3) exemplar.value = reader.double();
    else if (field === 4) exemplar.spanId = hex(reader.raw());
    else if (field === 5) exemplar.traceId = hex(reader.raw());
    else if (field === 6) exemplar.value = reader.sfixed64();
    else if (field === 7) readAttribute(reader, exemplar.attributes);
    else return false;
    return true;
  });
  return exemplar;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Nanoseconds; the last digits of a double do not reach a millisecond. */
function readTime(reader: ProtoReader): number {
  return Math.floor(reader.fixed64() / 1e6);
}

function isGone(reader: ProtoReader): boolean {
  return (reader.uint32() & 1) === 1;
}

function readAttribute(reader: ProtoReader, to: Attribute[]): true {
  const [name, value] = readPair(reader, 0);
  to.push([name, attributeText(value)]);
  return true;
}

function readPair(reader: ProtoReader, depth: number): [string, AttributeValue] {
  let name = '';
  let value: AttributeValue = null;
  reader.message((field) => {
    if (field === 1) name = reader.text();
    else if (field === 2) value = readValue(reader, depth + 1);
    else return false;
    return true;
  });
  return [name, value];
}

function readValue(reader: ProtoReader, depth: number): AttributeValue {
  if (depth > mostDepth) throw bad(`the value of an attribute is nested deeper than ${mostDepth}`);
  let value: AttributeValue = null;
  reader.message((field) => {
    if (field === 1) value = reader.text();
    else if (field === 2) value = reader.bool();
    else if (field === 3) value = reader.int64();
    else if (field === 4) value = reader.double();
    else if (field === 5) value = readList(reader, depth);
    else if (field === 6) value = readMap(reader, depth);
    else if (field === 7) value = Buffer.from(reader.raw()).toString('base64');
    else return false;
    return true;
  });
  return value;
}

function readList(reader: ProtoReader, depth: number): AttributeValue[] {
  const list: AttributeValue[] = [];
  reader.message((field) => {
    if (field !== 1) return false;
    list.push(readValue(reader, depth + 1));
    return true;
  });
  return list;
}

function readMap(reader: ProtoReader, depth: number): { readonly [name: string]: AttributeValue } {
  const pairs: [string, AttributeValue][] = [];
  reader.message((field) => {
    if (field !== 1) return false;
    pairs.push(readPair(reader, depth + 1));
    return true;
  });
  return Object.fromEntries(pairs);
}
