import { alpm } from './alpm.ts';
import { apk } from './apk.ts';
import { binary } from './binaries/binary.ts';
import { bitnami } from './bitnami.ts';
import type { Cataloger } from './cataloger.ts';
import { conan } from './conan.ts';
import { deb } from './deb.ts';
import { dotnet } from './dotnet/dotnet.ts';
import { elfNotes } from './elf-notes.ts';
import { gem } from './gem.ts';
import { go } from './go/go.ts';
import { java } from './java/java.ts';
import { jvm } from './java/jvm.ts';
import { linuxKernel } from './linux-kernel.ts';
import { lua } from './lua.ts';
import { npm } from './npm.ts';
import { composer, pear } from './php.ts';
import { portage } from './portage.ts';
import { python } from './python.ts';
import { r } from './r.ts';
import { rpm } from './rpm/rpm.ts';
import { rust } from './rust.ts';
import { wordpress } from './wordpress.ts';

/** Every cataloger, in the order in which their packages are listed: distributions, languages, programs. */
export const catalogers: readonly Cataloger[] = [
  ...[deb, rpm, apk, alpm, portage],
  ...[npm, python, java, jvm, go, rust, gem, composer, pear, dotnet, r, lua, conan],
  ...[bitnami, wordpress, linuxKernel, elfNotes, binary],
];
