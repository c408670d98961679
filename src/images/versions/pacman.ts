import { compareRpm } from './rpm.ts';
import type { VersionScheme } from './scheme.ts';

/** Arch Linux's: `[epoch:]version[-release]`, ordered as RPM orders. */
export const pacman: VersionScheme = {
  name: 'pacman',
  compare: (left, right) => compareRpm(left, right, 'zero'),
};
