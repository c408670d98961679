import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FloatHistogram } from '../../src/model/float-histogram.ts';
import type { Labels } from '../../src/model/labels.ts';
import { unpackSnappy } from '../../src/wire/snappy.ts';
import { messageOfType } from '../../src/wire/write-headers.ts';
import {
  type Exemplar,
  type FamilyMetadata,
  type MetricMetadata,
  type RequestVisitor,
  readLabels,
} from '../../src/wire/write-request.ts';
import { WriteV1Reader } from '../../src/wire/write-v1.ts';
import { WriteV2Reader } from '../../src/wire/write-v2.ts';

/** One series of a request, as it came. */
export interface ReceivedSeries {
  readonly labels: Labels;
  readonly samples: { atMs: number; value: number; isStale: boolean }[];
  readonly histograms: { atMs: number; value: FloatHistogram | 'stale' }[];
  readonly exemplars: Exemplar[];
  metadata?: MetricMetadata;
}

export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly series: readonly ReceivedSeries[];
  readonly families: readonly FamilyMetadata[];
}

/** Reads a message of either version whole. */
export function readWriteRequest(
  bytes: Uint8Array,
  message: string,
): Omit<ReceivedRequest, 'headers' | 'bytes'> {
  const series: ReceivedSeries[] = [];
  const families: FamilyMetadata[] = [];
  const last = (): ReceivedSeries => series.at(-1) as ReceivedSeries;
  const double = new DataView(new ArrayBuffer(8));
  const visitor: RequestVisitor = {
    series: (own, from, to) =>
      void series.push({ labels: readLabels(own, from, to), samples: [], histograms: [], exemplars: [] }),
    sample(atMs, high, low) {
      double.setUint32(0, high);
      double.setUint32(4, low);
      const isStale = high === 0x7ff00000 && low === 2;
      last().samples.push({ atMs, value: double.getFloat64(0), isStale });
    },
    histogram: (atMs, value) => void last().histograms.push({ atMs, value }),
    exemplar: (exemplar) => void last().exemplars.push(exemplar),
    seriesMetadata(metadata) {
      last().metadata = metadata;
    },
    familyMetadata: (family) => void families.push(family),
    refused(kind, problem) {
      throw new Error(`${kind}: ${problem}`);
    },
  };
  const Reader = message === 'io.prometheus.write.v2.Request' ? WriteV2Reader : WriteV1Reader;
  if (!new Reader(bytes, visitor).read(Number.MAX_SAFE_INTEGER)) throw new Error('the end was not reached');
  return { series, families };
}

export interface WriteAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WriteReceiver {
  readonly url: string;
  /** Those that were answered with 2xx. */
  readonly taken: readonly ReceivedRequest[];
  readonly requests: readonly ReceivedRequest[];
  /** `name{i="…"}` → values by time, of what was taken. */
  samples(): Map<string, Map<number, number>>;
  close(): void;
}

/** A receiver of remote write on loopback. `answer` decides what becomes of each request; taken ones count as written whole. */
export async function startWriteReceiver(
  answer: (request: ReceivedRequest, count: number) => WriteAnswer | Promise<WriteAnswer> = () => ({
    status: 204,
  }),
  port = 0,
): Promise<WriteReceiver> {
  const taken: ReceivedRequest[] = [];
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, reply) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const body = Buffer.concat(chunks);
      const message = messageOfType(incoming.headers['content-type'] ?? '') ?? '';
      const request = {
        headers: incoming.headers,
        bytes: body.length,
        ...readWriteRequest(unpackSnappy(body, 1 << 26), message),
      };
      requests.push(request);
      const { status, headers, body: text } = await answer(request, requests.length);
      if (status < 300) taken.push(request);
      const count = (of: 'samples' | 'histograms' | 'exemplars'): string =>
        String(request.series.reduce((sum, one) => sum + one[of].length, 0));
      const written =
        message === 'io.prometheus.write.v2.Request' && status < 300
          ? {
              'x-prometheus-remote-write-samples-written': count('samples'),
              'x-prometheus-remote-write-histograms-written': count('histograms'),
              'x-prometheus-remote-write-exemplars-written': count('exemplars'),
            }
          : {};
      reply.writeHead(status, { ...written, ...headers }).end(text ?? '');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`,
    taken,
    requests,
    samples() {
      const all = new Map<string, Map<number, number>>();
      for (const { series } of taken)
        for (const { labels, samples } of series) {
          const key = JSON.stringify(Object.entries(labels).sort());
          const own = all.get(key) ?? new Map<number, number>();
          all.set(key, own);
          for (const { atMs, value } of samples) own.set(atMs, value);
        }
      return all;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
