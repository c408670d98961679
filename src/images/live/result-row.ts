import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ImageResult, type ImageSummary, type KeptMatch, summaryOf } from './live-image.ts';

/** A result as it is kept: little of it is looked at without unpacking it. */
export interface ResultRow {
  readonly digest: string;
  readonly summary: ImageSummary;
  /** All names of its vulnerabilities, with a space before and after each, so that none is found within another. */
  readonly ids: string;
  /** The same for two results of which findings are the same. */
  readonly print: string;
  /** Matches and what does not count, packed. */
  readonly body: Uint8Array;
}

export function resultRowOf(result: ImageResult): ResultRow {
  const { digest, matches, ignored } = result;
  const all = [...matches, ...ignored];
  return {
    digest,
    summary: summaryOf(result),
    ids: ` ${[...new Set(all.flatMap(({ id, aliases }) => [id, ...aliases]))].join(' ')} `,
    print: printOf(result),
    body: pack([matches, ignored]),
  };
}

/** Risk and likelihood change from day to day, and no finding with them. */
function printOf({ matches, ignored, isWhole, state, database }: ImageResult): string {
  const hash = createHash('sha256').update(`${state} ${isWhole} ${database !== ''}`);
  for (const match of matches) hash.update(toldOf(match));
  for (const match of ignored) hash.update(toldOf(match)).update(JSON.stringify(match.ignored));
  return hash.digest('base64');
}

function toldOf({ id, aliases, severity, knownExploited, fix, package: found }: KeptMatch): string {
  const { type, name, version } = found;
  const words = [id, ...aliases, severity, knownExploited, fix.state, ...fix.versions, type, name, version];
  return `${words.join('\n')}\n\n`;
}

/** JSON, compressed. */
export function pack(value: unknown): Uint8Array {
  return gzipSync(JSON.stringify(value), { level: 1 });
}

/** @throws when it is not what {@link pack} gave. */
export function unpack(body: Uint8Array): unknown {
  return JSON.parse(gunzipSync(body).toString('utf8'));
}
