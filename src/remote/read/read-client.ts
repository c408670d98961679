import type { Readable } from 'node:stream';
import { createHttpClient, type StreamingHttpClient } from '../../http/client.ts';
import { messageOf, UnavailableError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { FloatHistogram, MixedSamples } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { setStaleAt } from '../../model/sample.ts';
import { crc32c } from '../../tsdb/crc32c.ts';
import { SampleSink } from '../../tsdb/sample-sink.ts';
import { chunkedSeries, type RemoteQuery, readRequestOf, sampledSeries } from '../../wire/read-messages.ts';
import { packSnappy, unpackSnappy } from '../../wire/snappy.ts';
import type { RemoteReadConfig } from '../config/remote-read-config.ts';

/** Samples that one query may bring. */
const mostSamples = 10_000_000;
/** Of an answer with samples, packed and unpacked. */
const mostAnswerBytes = 256 << 20;

/** Reads series from one system. */
export class ReadClient {
  readonly config: RemoteReadConfig;
  readonly #clock: Clock;
  readonly #http: StreamingHttpClient;

  constructor(config: RemoteReadConfig, clock: Clock) {
    this.config = config;
    this.#clock = clock;
    this.#http = createHttpClient(config);
  }

  /** Series with their samples in the time. @throws {UnavailableError} saying why there is no answer. */
  async read(query: RemoteQuery, signal: AbortSignal): Promise<MixedSamples[]> {
    const { url, headers: own, remote_timeout: timeoutMs } = this.config;
    const giveUp = new AbortController();
    const cancel = this.#clock.timer(timeoutMs, () => giveUp.abort());
    const until = AbortSignal.any([signal, giveUp.signal]);
    try {
      const headers = {
        ...own,
        'content-encoding': 'snappy',
        'accept-encoding': 'snappy',
        'x-prometheus-remote-read-version': '0.1.0',
      };
      const body = packSnappy(readRequestOf(query));
      const what = { url, method: 'POST', body, contentType: 'application/x-protobuf', headers } as const;
      const reply = await this.#http.open(what, until);
      if (reply.status !== 200) throw new Error(await problemOf(reply.status, reply.body));
      const type = String(reply.headers['content-type'] ?? '');
      return type.startsWith('application/x-streamed-protobuf')
        ? await this.#chunks(reply.body, query)
        : await samples(reply.body);
    } catch (error) {
      const why = giveUp.signal.aborted ? 'no answer within the time-out' : messageOf(error);
      throw new UnavailableError(`remote read from ${hostOf(url)}: ${why}`, { cause: error });
    } finally {
      cancel();
    }
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** A series may come in several frames, one after another. */
  async #chunks(body: Readable, { fromMs, toMs }: RemoteQuery): Promise<MixedSamples[]> {
    const found: MixedSamples[] = [];
    const sink = new SampleSink();
    let labels: Labels | undefined;
    let total = 0;
    const end = (): void => {
      const samples = labels === undefined ? undefined : sink.finish(labels, fromMs, toMs, []);
      if (samples !== undefined) found.push(copyOf(samples));
      total += sink.length;
      if (total > mostSamples) throw new Error(`it brings more than ${mostSamples} samples`);
      sink.clear();
    };
    for await (const frame of frames(body, this.config.chunked_read_limit)) {
      for (const series of chunkedSeries(frame)) {
        if (labels === undefined || !sameLabels(labels, series.labels)) {
          end();
          labels = series.labels;
        }
        for (const { encoding, bytes } of series.chunks) sink.addChunk(encoding, bytes, 0, bytes.length);
      }
    }
    end();
    return found;
  }
}

/** Length as a varint, checksum of four bytes, message; again and again. */
async function* frames(body: Readable, mostBytes: number): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      const frame = frameOf(held, mostBytes);
      if (frame === undefined) break;
      held = held.subarray(frame.end);
      if (crc32c(frame.message) !== frame.checksum) throw new Error('the checksum of a frame does not match');
      yield frame.message;
    }
  }
  if (held.length > 0) throw new Error('the answer ends within a frame');
}

function frameOf(
  bytes: Buffer,
  mostBytes: number,
): { readonly message: Buffer; readonly checksum: number; readonly end: number } | undefined {
  let length = 0;
  let at = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[at++];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * scale;
    if (length > mostBytes) throw new Error(`a frame has ${length} bytes, more than chunked_read_limit`);
    if (byte < 0x80) break;
  }
  const end = at + 4 + length;
  if (bytes.length < end) return undefined;
  return { message: bytes.subarray(at + 4, end), checksum: bytes.readUInt32BE(at), end };
}

async function samples(body: Readable): Promise<MixedSamples[]> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    parts.push(chunk);
    length += chunk.length;
    if (length > mostAnswerBytes) throw new Error(`the answer has more than ${mostAnswerBytes} bytes`);
  }
  const unpacked = unpackSnappy(Buffer.concat(parts), mostAnswerBytes);
  return Array.from(sampledSeries(unpacked), ({ labels, timesMs, values, histograms }) => {
    const own = Float64Array.from(values);
    const kept: (FloatHistogram | undefined)[] = histograms.map((one, i) => {
      if (one !== 'stale') return one;
      setStaleAt(own, i);
      return undefined;
    });
    const hasHistograms = kept.some((one) => one !== undefined);
    return {
      labels,
      timesMs: Float64Array.from(timesMs),
      values: own,
      ...(hasHistograms ? { histograms: kept } : {}),
    };
  });
}

function copyOf({ labels, timesMs, values, histograms }: MixedSamples): MixedSamples {
  return {
    labels,
    timesMs: timesMs.slice(),
    values: values.slice(),
    ...(histograms === undefined ? {} : { histograms }),
  };
}

function sameLabels(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

async function problemOf(status: number, body: Readable): Promise<string> {
  let text = '';
  for await (const chunk of body) if (text.length < 512) text += String(chunk);
  return `HTTP ${status}${text === '' ? '' : `: ${text.trim().slice(0, 512)}`}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is none';
}
