import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError, BadInputError, messageOf } from '../../kit/app-error.ts';
import { unpackSnappy } from '../../wire/snappy.ts';
import { isSnappyFrames, unpackSnappyFrames } from '../../wire/snappy-frames.ts';

const gunzipAsync = promisify(gunzip);

/** A request that is refused with a status of its own. */
export class PushRefusedError extends AppError {
  readonly code = 'PUSH_REFUSED';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

export interface UnpackOptions {
  readonly mostBytes: number;
  readonly crc32c: (bytes: Uint8Array) => number;
}

/**
 * Undoes `Content-Encoding`. Snappy comes as frames, as the Pushgateway takes it, or as one block, as remote write sends it.
 *
 * @throws {BadInputError} for what is not packed as it says
 * @throws {PushRefusedError} for what is too large unpacked, or packed in another way
 */
export async function unpackedBody(
  body: Buffer,
  encoding: string,
  { mostBytes, crc32c }: UnpackOptions,
): Promise<Buffer> {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
      try {
        return await gunzipAsync(body, { maxOutputLength: mostBytes });
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(mostBytes);
        throw new BadInputError('', `the body is not packed by gzip: ${messageOf(error)}`, { cause: error });
      }
    case 'snappy':
      return isSnappyFrames(body)
        ? unpackSnappyFrames(body, mostBytes, crc32c)
        : unpackSnappy(body, mostBytes);
    default:
      throw new PushRefusedError(
        415,
        `the body is packed by "${encoding}"; send it as it is, or as gzip or snappy`,
      );
  }
}

export function tooLarge(mostBytes: number): PushRefusedError {
  return new PushRefusedError(
    413,
    `the body is larger than ${mostBytes} bytes, which is push.max_body: push less at once, or raise it`,
  );
}

/** Whether the content type says delimited protobuf of metric families; all else is text, as for the Pushgateway. */
export function formOf(contentType: string): 'text' | 'protobuf' {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  const said = new Map(
    parameters
      .map((one) => one.split('=', 2).map((part) => part.trim().replace(/^"|"$/g, '')))
      .map(([name = '', value = '']) => [name.toLowerCase(), value] as const),
  );
  return type.toLowerCase() === 'application/vnd.google.protobuf' &&
    said.get('encoding') === 'delimited' &&
    said.get('proto') === 'io.prometheus.client.MetricFamily'
    ? 'protobuf'
    : 'text';
}
