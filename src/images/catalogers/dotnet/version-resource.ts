import type { Executable } from '../executables/executable.ts';
import { bytesOf } from '../executables/executable.ts';
import { peDirectory } from '../executables/pe.ts';

const [resourceDirectory, clrDirectory] = [2, 14];
const maxStrings = 200;
const mark = Buffer.from('VS_VERSION_INFO\0', 'utf16le');

/** Whether a program is one of .NET: it has a header for its runtime. */
export function isManaged(executable: Executable): boolean {
  return peDirectory(executable, clrDirectory) !== undefined;
}

/**
 * Texts of a program's version, such as `ProductName`, `FileVersion`.
 *
 * Source: https://learn.microsoft.com/en-us/windows/win32/menurc/vs-versioninfo
 *
 * @throws {RangeError} when they lie outside of the file.
 */
export function versionResource(executable: Executable): ReadonlyMap<string, string> {
  const place = peDirectory(executable, resourceDirectory);
  const resources = place === undefined ? new Uint8Array() : bytesOf(executable, { name: '', ...place });
  const buffer = Buffer.from(resources.buffer, resources.byteOffset, resources.byteLength);
  const at = buffer.indexOf(mark) - 6;
  const texts = new Map<string, string>();
  if (at >= 0) collect(buffer.subarray(at), texts, 0);
  return texts;
}

/**
 * A block: its length, that of its value, whether that is text, its name, the value, then blocks inside of it, all aligned
 * to four bytes.
 */
function collect(block: Buffer, texts: Map<string, string>, depth: number): void {
  const length = Math.min(block.readUInt16LE(0), block.length);
  const valueLength = block.readUInt16LE(2);
  const isText = block.readUInt16LE(4) === 1;
  const [name, afterName] = textAt(block, 6, length);
  if (depth === 3) {
    if (isText && valueLength > 0) texts.set(name, textAt(block, aligned(afterName), length)[0].trim());
    return;
  }
  let at = aligned(afterName + (isText ? valueLength * 2 : valueLength));
  while (at + 6 < length && texts.size < maxStrings) {
    const inner = block.readUInt16LE(at);
    if (inner < 6) return;
    if (depth > 0 || textAt(block, at + 6, length)[0] === 'StringFileInfo')
      collect(block.subarray(at, at + inner), texts, depth + 1);
    at = aligned(at + inner);
  }
}

function textAt(block: Buffer, start: number, limit: number): [text: string, end: number] {
  let end = start;
  while (end + 1 < limit && block.readUInt16LE(end) !== 0) end += 2;
  return [block.toString('utf16le', start, end), end + 2];
}

function aligned(at: number): number {
  return Math.ceil(at / 4) * 4;
}
