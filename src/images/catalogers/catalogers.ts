import type { Cataloger } from './cataloger.ts';

/** Every cataloger, in the order in which their packages are listed. */
export const catalogers: readonly Cataloger[] = [];
