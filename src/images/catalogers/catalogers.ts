import { apk } from './apk.ts';
import type { Cataloger } from './cataloger.ts';
import { deb } from './deb.ts';
import { go } from './go/go.ts';
import { java } from './java/java.ts';
import { jvm } from './java/jvm.ts';
import { npm } from './npm.ts';
import { python } from './python.ts';
import { rpm } from './rpm/rpm.ts';

/** Every cataloger, in the order in which their packages are listed. */
export const catalogers: readonly Cataloger[] = [deb, rpm, apk, npm, python, java, jvm, go];
