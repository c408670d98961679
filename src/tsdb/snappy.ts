import { DamageError } from './damage.ts';

/** No record of a log is larger; a damaged length must not make us take memory for it. */
const maxBytes = 1 << 28;

let memory = Buffer.allocUnsafeSlow(1 << 16);

/**
 * Undoes Snappy's block compression. The result is valid until the next call.
 *
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 *
 * @throws {DamageError}
 */
export function unsnappy(bytes: Uint8Array): Buffer {
  let at = 0;
  let length = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[at++];
    if (byte === undefined || scale > 2 ** 28) throw new DamageError('a compressed record has no length');
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (length > maxBytes) throw new DamageError(`a compressed record has ${length} bytes`);
  if (memory.length < length) memory = Buffer.allocUnsafeSlow(length * 2);
  const out = memory;
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    let take: number;
    if ((tag & 3) === 0) {
      take = tag >>> 2;
      if (take >= 60) {
        const size = take - 59;
        take = littleEndian(bytes, at, size);
        at += size;
      }
      take++;
      if (at + take > bytes.length || end + take > length)
        throw new DamageError('a compressed record is cut short');
      out.set(bytes.subarray(at, at + take), end);
      at += take;
      end += take;
      continue;
    }
    let distance: number;
    if ((tag & 3) === 1) {
      take = ((tag >>> 2) & 7) + 4;
      distance = ((tag >>> 5) << 8) | littleEndian(bytes, at, 1);
      at += 1;
    } else {
      const size = (tag & 3) === 2 ? 2 : 4;
      take = (tag >>> 2) + 1;
      distance = littleEndian(bytes, at, size);
      at += size;
    }
    if (distance === 0 || distance > end || end + take > length)
      throw new DamageError('a compressed record repeats what is not there');
    // What is repeated may reach into itself.
    if (distance >= take) out.copyWithin(end, end - distance, end - distance + take);
    else for (let i = 0; i < take; i++) out[end + i] = out[end + i - distance] as number;
    end += take;
  }
  if (end !== length) throw new DamageError('a compressed record is shorter than it says');
  return out.subarray(0, length);
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  if (at + size > bytes.length) throw new DamageError('a compressed record is cut short');
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}
