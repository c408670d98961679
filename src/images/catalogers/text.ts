const utf8 = new TextDecoder('utf-8');

/** Bytes as UTF-8, a byte order mark left out; what is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** Bytes as Latin-1: a character a byte, so that expressions for ASCII work on binaries. */
export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Lines without their ends, `\n` or `\r\n`. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of a path, without a slash at its end; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
