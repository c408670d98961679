import type { AnalysisProgress } from '../pipeline/progress.ts';
import type { ImageSummary, ImageUse, NamedImage } from './live-image.ts';

/** How far an image that is in use has come. */
export type ImageState = 'waiting' | 'scanning' | 'complete' | 'partial' | 'unknown';

export const imageStates: readonly ImageState[] = ['waiting', 'scanning', 'complete', 'partial', 'unknown'];

/** An image in use, with all who run it. */
export interface ImageEntry {
  readonly named: NamedImage;
  uses: readonly ImageUse[];
  /** What it was when it was last looked at. */
  digest?: string;
  summary?: ImageSummary;
  phase: 'waiting' | 'scanning' | 'done' | 'failed';
  /** Why it could not be scanned. */
  problem: string;
  /** Failures in a row. */
  failures: number;
  /** Unix ms before which it is not tried again. */
  notBeforeMs: number;
  /** While it is read. */
  progress?: AnalysisProgress | undefined;
  /** Of the change that brought it: what is found in it is because of that. */
  cause: string;
}

export function newEntry(named: NamedImage, cause: string): ImageEntry {
  return { named, uses: [], phase: 'waiting', problem: '', failures: 0, notBeforeMs: 0, cause };
}

export function entryKey({ reference, platform }: NamedImage): string {
  return `${reference} ${platform}`;
}

/** A result that is there counts while the image is looked at again; a failure never hides behind one that there is not. */
export function stateOf({ phase, summary }: ImageEntry): ImageState {
  if (summary !== undefined) return summary.state;
  if (phase === 'waiting' || phase === 'scanning') return phase;
  return 'unknown';
}

/**
 * Whether all images of a repository have been looked at. One that cannot be had does not keep the others from that, but of
 * a repository of which nothing was ever seen there is nothing to tell.
 */
export function areSettled(entries: readonly ImageEntry[]): boolean {
  const isMatched = ({ phase, summary }: ImageEntry): boolean =>
    phase === 'done' && summary !== undefined && summary.database !== '';
  return entries.some(isMatched) && entries.every((one) => isMatched(one) || one.phase === 'failed');
}

/** Whether what is known of it is all that there is to know: only then can anything be missing from it. */
export function isKnown({ phase, summary }: ImageEntry): boolean {
  return (
    phase === 'done' &&
    summary !== undefined &&
    summary.isWhole &&
    summary.state !== 'unknown' &&
    summary.database !== ''
  );
}
