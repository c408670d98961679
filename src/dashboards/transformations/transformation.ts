import type { Options } from '../dashboard.ts';
import type { Frame } from '../frames.ts';

/** Frames made of frames; options are those of the dashboard's JSON. */
export type Transform = (frames: readonly Frame[], options: Options) => readonly Frame[];
