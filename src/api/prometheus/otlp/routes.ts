import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from '../../../http/server.ts';
import { BadInputError, messageOf } from '../../../kit/app-error.ts';
import { readOtlpJson } from '../../../wire/otlp/read-json.ts';
import { readOtlpProtobuf } from '../../../wire/otlp/read-protobuf.ts';
import { ProtoWriter } from '../../../wire/proto-writer.ts';
import type { ReceivedMetadata } from '../remote-write/received-metadata.ts';
import type { WriteTarget } from '../remote-write/write-target.ts';
import type { OtlpSettings } from './labels.ts';
import { type Translated, translateOtlp } from './translate.ts';

export interface OtlpSource {
  /** Undefined when metrics are not taken by OTLP. */
  readonly target: WriteTarget | undefined;
  readonly metadata: ReceivedMetadata;
  settings(): OtlpSettings;
  readonly now: () => number;
  /** Told of each request that was read: samples and histograms written, and how many were refused. */
  readonly took?: (written: number, refused: number) => void;
}

const mostBodyBytes = 32 << 20;
const mostUnpackedBytes = 64 << 20;
/** Samples written before others get their turn. */
const slice = 5000;
/** Samples of the future are refused beyond this, as in Prometheus. */
const mostAheadMs = 10 * 60_000;

const unpack = promisify(gunzip);

/**
 * `POST /api/v1/otlp/v1/metrics`: metrics by OTLP over HTTP, as protobuf or JSON, packed by gzip or not.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function otlpRoutes(app: FastifyInstance, source: OtlpSource): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBodyBytes }, (_request, body, read) =>
      read(null, body),
    );
    scope.post('/api/v1/otlp/v1/metrics', { bodyLimit: mostBodyBytes }, async (request, reply) => {
      const { target, metadata } = source;
      if (target === undefined)
        return plain(reply, 404, 'the OTLP receiver is off; api.otlp_receiver: true turns it on');
      const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
      if (type !== 'application/json' && type !== 'application/x-protobuf')
        return plain(
          reply,
          415,
          `${type || 'no type'} is not OTLP; send application/x-protobuf or application/json`,
        );
      try {
        const body = await unpacked(request.body, request.headers['content-encoding']);
        const resources =
          type === 'application/json' ? readOtlpJson(body.toString('utf8')) : readOtlpProtobuf(body);
        const translated = translateOtlp(resources, source.settings());
        for (const family of translated.families) metadata.add(family);
        const written = await write(target, translated, source.now() + mostAheadMs);
        source.took?.(written, translated.rejected);
        return answer(reply, type, written, translated);
      } catch (error) {
        if (error instanceof BadInputError) return plain(reply, 400, error.message);
        throw error;
      }
    });
    done();
  });
}

async function unpacked(body: unknown, encoding: string | undefined): Promise<Buffer> {
  if (!Buffer.isBuffer(body)) throw new BadInputError('', 'the body is empty');
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new BadInputError('', `${encoding} is not known here; pack by gzip, or not at all`);
  try {
    return await unpack(body, { maxOutputLength: mostUnpackedBytes });
  } catch (error) {
    throw new BadInputError('', `not packed by gzip: ${messageOf(error)}`, { cause: error });
  }
}

/** @returns how many samples were written; what was refused is counted in `translated` */
async function write(target: WriteTarget, translated: Translated, latestMs: number): Promise<number> {
  const { samples, exemplars } = translated;
  let written = 0;
  for (let from = 0; from < samples.length; from += slice) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    const batch = samples.slice(from, from + slice);
    const timely = batch.filter(({ atMs }) => atMs <= latestMs);
    const result = target.append(timely);
    written += result.appended;
    translated.rejected += batch.length - result.appended;
    for (const [count, what] of [
      [batch.length - timely.length, 'more than ten minutes in the future'],
      [result.outOfOrder, 'out of order'],
      [result.duplicate, 'at the time of another sample with another value'],
      [result.tooOld, 'older than what is kept'],
      [result.overLimit, 'of new series, of which there are as many as may be'],
      [result.invalid, 'of series with invalid labels'],
    ] as const)
      if (count > 0) translated.problems.add(`samples ${what}`);
  }
  target.appendExemplars(exemplars);
  return written;
}

/** Nothing of it written is an error; something is a success in part, which tells senders not to send the rest again. */
function answer(
  reply: FastifyReply,
  type: string,
  written: number,
  { rejected, problems }: Translated,
): FastifyReply {
  const message = [...problems].join('; ');
  if (written === 0 && rejected > 0) return plain(reply, 400, message);
  if (type === 'application/json') {
    const body =
      rejected === 0
        ? {}
        : { partialSuccess: { rejectedDataPoints: String(rejected), errorMessage: message } };
    return reply.type(type).send(JSON.stringify(body));
  }
  const out = new ProtoWriter();
  if (rejected > 0) {
    const start = out.begin(0x0a);
    out.int64(0x08, rejected);
    out.text(0x12, message);
    out.end(start);
  }
  return reply.type(type).send(Buffer.from(out.written()));
}

function plain(reply: FastifyReply, status: number, problem: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${problem}\n`);
}
