import { linesOf } from '../text.ts';
import type { RpmEntry } from './header.ts';

/**
 * `container-manifest-2` of Mariner's distroless images: a package a line, its fields apart by tabs: name, version-release,
 * times of installation and build, vendor, epoch, size, architecture, epoch as a number, source package.
 *
 * Source: https://github.com/microsoft/azurelinux/blob/3.0/toolkit/docs/how_it_works/5_misc.md
 */
export function readRpmManifest(text: string): RpmEntry[] {
  return linesOf(text).flatMap((line) => {
    const [name, versionRelease, , , vendor, epoch, , architecture, , sourceRpm] = line.split('\t');
    if (!name || !versionRelease) return [];
    const dash = versionRelease.lastIndexOf('-');
    return [
      {
        name,
        version: dash < 0 ? versionRelease : versionRelease.slice(0, dash),
        release: dash < 0 ? '' : versionRelease.slice(dash + 1),
        ...(epoch !== undefined && /^\d+$/.test(epoch) && { epoch: Number(epoch) }),
        architecture: architecture ?? '',
        sourceRpm: sourceRpm === '(none)' ? '' : (sourceRpm ?? ''),
        modularity: '',
        vendor: vendor ?? '',
        license: '',
        files: [],
      },
    ];
  });
}
