import { apk } from './apk.ts';
import type { Cataloger } from './cataloger.ts';
import { deb } from './deb.ts';
import { rpm } from './rpm/rpm.ts';

/** Every cataloger, in the order in which their packages are listed. */
export const catalogers: readonly Cataloger[] = [deb, rpm, apk];
