import type { FloatHistogram, MixedSamples } from '../../model/float-histogram.ts';
import { bucketsOf } from '../../model/float-histogram-buckets.ts';
import type { Labels } from '../../model/labels.ts';
import type { QueryResult, VectorSample } from '../../promql/query-result.ts';
import { ByteWriter } from './byte-writer.ts';
import { timestampText, valueText } from './json-numbers.ts';

export interface AnswerOptions {
  /** Series or samples at most; 0 is no limit. */
  readonly limit: number;
  readonly stats?: unknown;
}

/** What Prometheus says when `limit` cut an answer short. */
export const truncated = 'results truncated due to limit';

/**
 * The whole body of an answer to a query, in pieces of about 128 KiB: an answer may be larger than the longest string. Samples are
 * written as Prometheus writes them, values as strings and times in seconds with three digits after the point where there are any.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
 */
export function* answerPieces(result: QueryResult, options: AnswerOptions): Generator<Buffer> {
  const out = new ByteWriter();
  out.text(`{"status":"success","data":{"resultType":"${result.type}","result":`);
  const isCut = yield* resultPieces(out, result, options);
  if (options.stats !== undefined) out.text(`,"stats":${JSON.stringify(options.stats)}`);
  out.text('}');
  const warnings = isCut ? [...result.warnings, truncated] : result.warnings;
  if (warnings.length > 0) out.text(`,"warnings":${JSON.stringify(warnings)}`);
  if (result.infos.length > 0) out.text(`,"infos":${JSON.stringify(result.infos)}`);
  out.text('}');
  yield out.take();
}

/** @returns whether the limit cut it. */
function* resultPieces(
  out: ByteWriter,
  result: QueryResult,
  { limit }: AnswerOptions,
): Generator<Buffer, boolean> {
  switch (result.type) {
    case 'scalar':
      out.text(`[${timestampText(result.atMs)},"${valueText(result.value)}"]`);
      return false;
    case 'string':
      out.text(`[${timestampText(result.atMs)},${JSON.stringify(result.value)}]`);
      return false;
    case 'vector': {
      const count = shownOf(result.samples.length, limit);
      yield* vectorPieces(out, result.samples, count);
      return count < result.samples.length;
    }
    case 'matrix': {
      const count = shownOf(result.series.length, limit);
      yield* matrixPieces(out, result.series, count);
      return count < result.series.length;
    }
  }
}

function shownOf(count: number, limit: number): number {
  return limit > 0 ? Math.min(count, limit) : count;
}

function* vectorPieces(out: ByteWriter, samples: readonly VectorSample[], count: number): Generator<Buffer> {
  const labels = new LabelTexts();
  out.text('[');
  for (let i = 0; i < count; i++) {
    const sample = samples[i] as VectorSample;
    const metric = `${i === 0 ? '' : ','}{"metric":${labels.of(sample.labels)}`;
    const time = timestampText(sample.atMs);
    out.text(
      sample.histogram === undefined
        ? `${metric},"value":[${time},"${valueText(sample.value)}"]}`
        : `${metric},"histogram":[${time},${histogramText(sample.histogram)}]}`,
    );
    if (out.isFull) yield out.take();
  }
  out.text(']');
}

function* matrixPieces(out: ByteWriter, series: readonly MixedSamples[], count: number): Generator<Buffer> {
  const labels = new LabelTexts();
  out.text('[');
  for (let i = 0; i < count; i++) {
    const one = series[i] as MixedSamples;
    out.text(`${i === 0 ? '' : ','}{"metric":${labels.of(one.labels)}`);
    yield* floatPieces(out, one);
    yield* histogramPieces(out, one);
    out.text('}');
    if (out.isFull) yield out.take();
  }
  out.text(']');
}

function* floatPieces(out: ByteWriter, { timesMs, values, histograms }: MixedSamples): Generator<Buffer> {
  const end = timesMs.length;
  let at = histograms === undefined ? 0 : histograms.indexOf(undefined);
  if (end === 0 || at < 0) return;
  out.text(',"values":[');
  let isFirst = true;
  while (at < end) {
    if (out.isNearlyFull) yield out.take();
    at = out.points(timesMs, values, at, isFirst, histograms);
    isFirst = false;
  }
  out.text(']');
}

function* histogramPieces(out: ByteWriter, { timesMs, histograms }: MixedSamples): Generator<Buffer> {
  if (histograms === undefined) return;
  let isFirst = true;
  for (let i = 0; i < histograms.length; i++) {
    const histogram = histograms[i];
    if (histogram === undefined) continue;
    out.text(
      `${isFirst ? ',"histograms":[' : ','}[${timestampText(timesMs[i] as number)},${histogramText(histogram)}]`,
    );
    isFirst = false;
    if (out.isFull) yield out.take();
  }
  if (!isFirst) out.text(']');
}

/** `{"count":"3","sum":"1.5","buckets":[[0,"1","2","3"]]}`: the first number of a bucket tells which of its ends belong to it. */
export function histogramText(histogram: FloatHistogram): string {
  const buckets = bucketsOf(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, lowerInclusive, upperInclusive, count }) => {
      const ends = lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;
      return `[${ends},"${valueText(lower)}","${valueText(upper)}","${valueText(count)}"]`;
    });
  const list = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`;
  return `{"count":"${valueText(histogram.count)}","sum":"${valueText(histogram.sum)}"${list}}`;
}

/** Label sets as JSON objects in order of their names; the texts of names are kept. */
class LabelTexts {
  readonly #names = new Map<string, string>();

  of(labels: Labels): string {
    const names = Object.keys(labels);
    if (names.length > 1) names.sort();
    let text = '{';
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      text += `${i === 0 ? '' : ','}${this.#nameText(name)}${JSON.stringify(labels[name])}`;
    }
    return `${text}}`;
  }

  #nameText(name: string): string {
    let text = this.#names.get(name);
    if (text === undefined) {
      text = `${JSON.stringify(name)}:`;
      this.#names.set(name, text);
    }
    return text;
  }
}
