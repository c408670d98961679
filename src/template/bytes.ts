/** Go strings are bytes in UTF-8: lengths and places count bytes. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of bytes; what is not UTF-8 becomes the replacement character. */
export function fromBytes(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function byteLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes.
    if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) length += 1;
    else length += 2;
  }
  return length;
}
