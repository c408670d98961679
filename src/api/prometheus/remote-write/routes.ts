import type { FastifyInstance, FastifyReply } from '../../../http/server.ts';
import { BadInputError } from '../../../kit/app-error.ts';
import { unpackSnappy } from '../../../wire/snappy.ts';
import {
  messageOfType,
  type WriteMessage,
  type WrittenCounts,
  writtenHeaders,
} from '../../../wire/write-headers.ts';
import type { RequestReader } from '../../../wire/write-request.ts';
import { WriteV1Reader } from '../../../wire/write-v1.ts';
import { WriteV2Reader } from '../../../wire/write-v2.ts';
import type { ReceivedMetadata } from './received-metadata.ts';
import { RequestTaker } from './request-taker.ts';
import { SeriesTable } from './series-table.ts';
import type { WriteTarget } from './write-target.ts';

export interface WriteSource {
  /** Undefined when samples are not taken from others. */
  readonly target: WriteTarget | undefined;
  readonly metadata: ReceivedMetadata;
  readonly now: () => number;
  /** Told of each request that was read: what was written, and how many values were refused. */
  readonly took?: (message: WriteMessage, written: WrittenCounts, refused: number) => void;
}

/** A request may have so many bytes packed, and unpacked. Senders send a few hundred kilobytes. */
const mostBodyBytes = 32 << 20;
const mostUnpackedBytes = 64 << 20;
/** Series read before others get their turn. */
const slice = 4000;

/**
 * `POST /api/v1/write`: samples from others, by remote write 1.0 and 2.0. What cannot be taken does not keep the rest out: it is said
 * with status 400, which tells senders not to send it again.
 *
 * Source: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/ and https://prometheus.io/docs/specs/prw/remote_write_spec/
 */
export function remoteWriteRoutes(app: FastifyInstance, source: WriteSource): void {
  const table = new SeriesTable();
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBodyBytes }, (_request, body, read) =>
      read(null, body),
    );
    scope.post('/api/v1/write', { bodyLimit: mostBodyBytes }, async (request, reply) => {
      const { target, metadata } = source;
      if (target === undefined)
        return plain(
          reply,
          404,
          'the remote write receiver is off; api.remote_write_receiver: true turns it on',
        );
      const message = messageOfType(request.headers['content-type'] ?? '');
      if (message === undefined)
        return plain(reply, 415, `${request.headers['content-type']} is not a message of remote write`);
      const encoding = request.headers['content-encoding'] ?? 'snappy';
      if (encoding.toLowerCase() !== 'snappy')
        return plain(reply, 415, `${encoding} is not how remote write packs its messages; that is snappy`);
      const taker = new RequestTaker(target, table, metadata, source.now());
      let fault: string | undefined;
      try {
        if (!Buffer.isBuffer(request.body)) throw new BadInputError('', 'the body is empty');
        await take(readerOf(message, unpackSnappy(request.body, mostUnpackedBytes), taker), taker);
      } catch (error) {
        if (!(error instanceof BadInputError)) throw error;
        fault = error.message;
      }
      taker.flush();
      const { written, refusals } = taker;
      source.took?.(
        message,
        written,
        Object.values(refusals).reduce((sum, count) => sum + count, 0),
      );
      for (const [kind, header] of Object.entries(writtenHeaders))
        void reply.header(header, String(written[kind as keyof WrittenCounts]));
      const problem = fault ?? taker.problem();
      return problem === undefined ? reply.code(204).send() : plain(reply, 400, problem);
    });
    done();
  });
}

function readerOf(message: WriteMessage, bytes: Buffer, taker: RequestTaker): RequestReader {
  return message === 'prometheus.WriteRequest'
    ? new WriteV1Reader(bytes, taker)
    : new WriteV2Reader(bytes, taker);
}

async function take(reader: RequestReader, taker: RequestTaker): Promise<void> {
  while (!reader.read(slice)) {
    // The tables of symbols and series are ours alone until here; what was gathered is written before others get their turn.
    taker.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function plain(reply: FastifyReply, status: number, problem: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${problem}\n`);
}
