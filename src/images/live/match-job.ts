import type { ImageSbom } from '../../model/image-sbom.ts';
import type { ImageMatcher, MatchRules } from './matcher.ts';
import { type ResultRow, resultRowOf, unpack } from './result-row.ts';

/** An image to be matched anew, wherever that is done. */
export interface MatchJob {
  readonly digest: string;
  /** What it is called, see {@link ImageMatcher.match}. */
  readonly name: string;
  /** What it is made of, packed. */
  readonly sbom: Uint8Array;
  readonly atMs: number;
}

/** What a thread needs for its jobs: the same data and rules as here. */
export interface MatchThreadData {
  readonly folder: string;
  readonly maxAgeMs: number;
  readonly rules: MatchRules;
}

/** From the thread: a result, or why there is none. */
export type MatchReply = { readonly row: ResultRow } | { readonly problem: string };

/** @throws what matching throws, or when the SBOM is damaged. */
export function doMatchJob({ name, sbom, atMs }: MatchJob, matcher: ImageMatcher): ResultRow {
  return resultRowOf(matcher.match(unpack(sbom) as ImageSbom, atMs, name));
}
