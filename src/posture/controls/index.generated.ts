// Written by scripts/generate.mjs; run `npm run generate` after adding or removing a control.
import type { Control } from '../control.ts';

/** Every control there is, by id. */
export const controls: readonly Control[] = [
];
