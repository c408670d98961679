import { Readable } from 'node:stream';
import snappy from 'snappyjs';
import type { FastifyInstance, FastifyReply } from '../../http/server.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { QueryFailedError } from '../../promql/errors.ts';
import { ApiError } from './envelope.ts';
import {
  chunkedResponse,
  type ReadQuery,
  type ReadRequest,
  type ReadSeries,
  readRequest,
  samplesResponse,
} from './remote-read-proto.ts';
import { whileConnected } from './send-pieces.ts';
import type { Chunk, PrometheusSource, SeriesChunks } from './source.ts';

/** Prometheus' defaults for `storage.remote.read-sample-limit` and `storage.remote.read-max-bytes-in-frame`. */
const mostSamples = 50_000_000;
const mostFrameBytes = 1_048_576;
/** What a request may unpack to: far more than matchers need. */
const mostRequestBytes = 1_048_576;

type ReadSource = Pick<PrometheusSource, 'store' | 'externalLabels'>;

/**
 * `POST /api/v1/read`: samples or chunks for another Prometheus, packed with snappy.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/
 */
export function remoteReadRoutes(app: FastifyInstance, source: ReadSource): void {
  // The body is read whatever type it claims to be, as Prometheus does.
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, read) => read(null, body));
    scope.post('/api/v1/read', async (request, reply) => {
      const wanted = unpack(request.body);
      const signal = whileConnected(reply);
      const chunksOf = chunkSource(source);
      if (pickType(wanted, chunksOf !== undefined) === 'samples' || chunksOf === undefined)
        return sendSamples(reply, wanted, source);
      return sendChunks(reply, wanted, source, chunksOf, signal);
    });
    done();
  });
}

function unpack(body: unknown): ReadRequest {
  try {
    if (!Buffer.isBuffer(body)) throw new Error('empty body');
    return readRequest(snappy.uncompress(body, mostRequestBytes));
  } catch (error) {
    throw new ApiError('bad_data', `remote read request cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The first of the accepted forms that we have; samples where none is named, as old clients do. */
function pickType({ accepted }: ReadRequest, hasChunks: boolean): 'samples' | 'streamed-xor-chunks' {
  if (accepted.length === 0) return 'samples';
  const found = accepted.find((type) => type === 'samples' || hasChunks);
  if (found === undefined)
    throw new ApiError(
      'internal',
      `server does not support any of the requested response types: ${accepted.join(', ')}`,
    );
  return found;
}

function sendSamples(reply: FastifyReply, { queries }: ReadRequest, source: ReadSource): FastifyReply {
  let samples = 0;
  const results = queries.map((query) => {
    const series: ReadSeries[] = [];
    for (const found of source.store.select(localSelection(query, source.externalLabels))) {
      samples += found.timesMs.length;
      if (samples > mostSamples) throw new QueryFailedError(`exceeded sample limit (${mostSamples})`);
      if (found.timesMs.length === 0) continue;
      // The store may decode the next series into the same arrays.
      series.push({
        labels: withExternal(found.labels, source.externalLabels),
        timesMs: found.timesMs.slice(),
        values: found.values.slice(),
        ...(found.histograms === undefined ? {} : { histograms: found.histograms.slice() }),
      });
    }
    return series.sort((a, b) => compare(a.labels, b.labels));
  });
  const packed = snappy.compress(samplesResponse(results));
  return reply
    .type('application/x-protobuf')
    .header('content-encoding', 'snappy')
    .send(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength));
}

type ChunksOf = (query: ReadQuery) => Iterable<SeriesChunks>;

/** The store's own chunks, or chunks made of its samples; undefined when it has neither, or no checksum for them. */
function chunkSource({ store, externalLabels }: ReadSource): ChunksOf | undefined {
  const { selectChunks, encodeChunks } = store;
  if (store.crc32c === undefined) return undefined;
  if (selectChunks !== undefined)
    return (query) => selectChunks.call(store, localSelection(query, externalLabels));
  if (encodeChunks === undefined) return undefined;
  return function* encoded(query) {
    for (const series of store.select(localSelection(query, externalLabels))) {
      if (series.timesMs.length > 0)
        yield { labels: series.labels, chunks: encodeChunks.call(store, series as MixedSamples) };
    }
  };
}

function sendChunks(
  reply: FastifyReply,
  { queries }: ReadRequest,
  { store, externalLabels }: ReadSource,
  chunksOf: ChunksOf,
  signal: AbortSignal,
): FastifyReply {
  const checksum = store.crc32c ?? (() => 0);
  function* frames(): Generator<Buffer> {
    for (const [index, query] of queries.entries()) {
      const all = [...chunksOf(query)]
        .map(({ labels, chunks }) => ({ labels: withExternal(labels, externalLabels), chunks }))
        .sort((a, b) => compare(a.labels, b.labels));
      for (const { labels, chunks } of all) {
        if (signal.aborted) return;
        for (const part of parts(chunks))
          yield framed(chunkedResponse({ labels, chunks: part }, index), checksum);
      }
    }
  }
  return reply
    .type('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse')
    .send(Readable.from(frames(), { objectMode: false }));
}

/** Chunks in groups that fit one frame each. */
function* parts(chunks: readonly Chunk[]): Generator<readonly Chunk[]> {
  let part: Chunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    if (part.length > 0 && bytes + chunk.data.length > mostFrameBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(chunk);
    bytes += chunk.data.length;
  }
  if (part.length > 0) yield part;
}

/** Length as a varint, checksum of four bytes (the larger first), message. */
function framed(message: Uint8Array, checksum: (bytes: Uint8Array) => number): Buffer {
  const head: number[] = [];
  let left = message.length;
  while (left >= 0x80) {
    head.push((left & 0x7f) | 0x80);
    left = Math.floor(left / 128);
  }
  head.push(left);
  const frame = Buffer.allocUnsafe(head.length + 4 + message.length);
  frame.set(head);
  frame.writeUInt32BE(checksum(message) >>> 0, head.length);
  frame.set(message, head.length + 4);
  return frame;
}

/** Samples do not carry the external labels, so matchers that they fulfil are not for the store. */
function localSelection({ fromMs, toMs, matchers }: ReadQuery, external: Labels) {
  const local = matchers.filter(({ name, op, value }) => op !== '=' || external[name] !== value);
  return { fromMs, toMs, matchers: local };
}

/** A series' own label wins. */
function withExternal(labels: Labels, external: Labels): Labels {
  for (const _ in external) return { ...external, ...labels };
  return labels;
}

function compare(left: Labels, right: Labels): number {
  const [a, b] = [pairsOf(left), pairsOf(right)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i] ?? '', b[i] ?? ''];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function pairsOf(labels: Labels): string[] {
  return Object.keys(labels)
    .sort()
    .flatMap((name) => [name, labels[name] ?? '']);
}
