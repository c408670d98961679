import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../../kit/app-error.ts';

/** Larger manifests are not read: the largest dump that makes sense is far below. */
export const largestFileBytes = 64 * 1024 * 1024;

export type ReadResult =
  /** `mark` differs whenever the file does. */
  | { readonly state: 'read'; readonly text: string; readonly mark: string }
  | { readonly state: 'refused'; readonly reason: string; readonly mark: string }
  | { readonly state: 'gone' };

/** Reads a manifest, unless it is none: too large, binary, unreadable, no file. Never throws. */
export async function readManifestFile(path: string): Promise<ReadResult> {
  let mark = '';
  try {
    const before = await fileMark(path);
    if (before === undefined) return { state: 'gone' };
    mark = before.mark;
    if (before.sizeBytes > largestFileBytes)
      return refused(
        mark,
        `is ${before.sizeBytes} bytes, more than the ${largestFileBytes} that are read; split it`,
      );
    const bytes = await readFile(path);
    if (bytes.subarray(0, 8192).includes(0))
      return refused(mark, 'is binary or UTF-16, not UTF-8 text; convert or rename it');
    return { state: 'read', text: bytes.toString(), mark };
  } catch (error) {
    if (isGone(error)) return { state: 'gone' };
    return refused(mark, `cannot be read: ${messageOf(error)}`);
  }
}

/** What changes when the file does; undefined when there is no such file. @throws when it may not be looked at. */
export async function fileMark(
  path: string,
): Promise<{ readonly mark: string; readonly sizeBytes: number } | undefined> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return undefined;
    const { ino, size, mtimeMs, ctimeMs } = stats;
    return { mark: `${ino}:${size}:${mtimeMs}:${ctimeMs}`, sizeBytes: size };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

export function isGone(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function refused(mark: string, reason: string): ReadResult {
  return { state: 'refused', reason, mark };
}
