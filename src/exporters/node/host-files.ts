import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { BadInputError } from '../../kit/app-error.ts';

/** A file of /proc or /sys that is larger is not one that we know. */
const maxFileBytes = 16 * 1024 * 1024;

/** As many as are missing on a machine at a time; more are forgotten. */
const maxAbsent = 4096;

const withoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

/** Grown when a file needs it and kept: what is read at each scrape is about as large each time. */
let buffer: Buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * The text of a file of the kernel. It is opened without waiting, so that a FIFO in its place is an empty file rather than a hang,
 * and read until its end, as such files do not know their size.
 *
 * @throws what `open` and `read` throw (`code` is ENOENT, EACCES, …), and BadInputError for more than 16 MiB.
 */
export function readText(path: string): string {
  const file = openSync(path, withoutWaiting);
  try {
    let length = 0;
    for (;;) {
      if (length === buffer.length) buffer = grown(buffer, path);
      const count = readSync(file, buffer, length, buffer.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}

/** Files that were not there when they were last asked for: looking first is ten times cheaper than an error. */
const absent = new Set<string>();

/**
 * The text of a small file, such as those of sysfs, without the white space around it, or undefined where there is no such file or it
 * cannot be read.
 */
export function readTextIfAny(path: string): string | undefined {
  const wasAbsent = absent.has(path);
  if (wasAbsent && !existsSync(path)) return undefined;
  try {
    // With this encoding, and no other, Node opens, reads and closes in one call.
    const text = readFileSync(path, { encoding: 'utf8', flag: withoutWaiting as unknown as string }).trim();
    if (wasAbsent) absent.delete(path);
    return text;
  } catch (error) {
    if (isMissing(error)) remember(path);
    return undefined;
  }
}

function remember(path: string): void {
  if (absent.size >= maxAbsent) absent.clear();
  absent.add(path);
}

/** Its lines, the empty one after the last newline left out. @throws as {@link readText}. */
export function readLines(path: string): string[] {
  const text = readText(path);
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** Names in a folder in order, or undefined where there is no such folder. @throws for other reasons than that. */
export function namesIn(path: string): string[] | undefined {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Where a link leads, as it is written, or undefined where there is none. */
export function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Whether an error of a file operation says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function grown(full: Buffer, path: string): Buffer {
  if (full.length >= maxFileBytes)
    throw new BadInputError(
      '',
      `${path} is larger than ${maxFileBytes} bytes: it is not a file that we know`,
    );
  const larger = Buffer.allocUnsafe(full.length * 2);
  full.copy(larger);
  return larger;
}

/** The number that a file holds, or undefined where there is none that can be read. */
export function readNumberIfAny(path: string): number | undefined {
  const text = readTextIfAny(path);
  return text === undefined ? undefined : numberIn(text);
}

/** @throws {BadInputError} when the file holds no number; as {@link readText} when it cannot be read. */
export function readNumber(path: string): number {
  const number = numberIn(readText(path).trim());
  if (number === undefined) throw new BadInputError('', `${path} does not hold a number`);
  return number;
}

/** A number as the kernel writes it, decimal or `0x…`, or undefined for any other text. */
export function numberIn(text: string): number | undefined {
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/**
 * Where what is told of the network is that of the host: the first process's own view. `net` itself is the view of who reads, which
 * in a container is the container's. A recorded tree, or a host that hides processes of others, has only that.
 */
export function procNet(procfs: string): string {
  const ofFirst = `${procfs}/1/net`;
  return existsSync(`${ofFirst}/dev`) ? ofFirst : `${procfs}/net`;
}

/** What follows a label and a colon in each line: `Name: value`, or `NAME=value` for another separator. Later lines of a name win. */
export function fieldsOf(text: string, separator = ':'): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(separator);
    if (at > 0) fields.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return fields;
}
