import { createHash } from 'node:crypto';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import { listOf, objectOf, textOf } from '../database/blobs.ts';
import { isOverlong, longestName } from '../package-bounds.ts';
import { readCycloneDx } from './read-cyclonedx.ts';
import { readSpdx } from './read-spdx.ts';
import { readSyft } from './read-syft.ts';
import type { SbomParts } from './sbom-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** More packages than any image has. */
const mostPackages = 1_000_000;

/**
 * Reads an SBOM in JSON: CycloneDX, SPDX 2 or Syft's own, whoever made it. What it does not tell is empty; packages that no
 * data is kept for have the type `unknown`.
 *
 * @param where names it in messages
 * @throws {BadInputError} when it is none of these, or lacks what makes it one.
 */
export function readSbom(text: string, where: string): ImageSbom {
  const document = objectOf(parsed(text, where));
  const parts = partsOf(document, where);
  if (parts.packages.length > mostPackages)
    throw new BadInputError('', `${where}: an SBOM of ${parts.packages.length} packages is not read`);
  const { image, distribution, packages } = parts;
  const overlong = packages.filter(isOverlong).length;
  const whole: ImageSbom = {
    digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    imageId: '',
    platform: '',
    layers: [],
    sizeBytes: 0,
    builtAtMs: 0,
    catalogedAtMs: 0,
    analyser: '',
    partial: [],
    ...image,
    ...(overlong === 0 ? {} : { partial: [...(image?.partial ?? []), overlongReason(where, overlong)] }),
    packages: packages.map((found) => withinBounds(found, packages.length)),
  };
  const known = image?.distribution ?? distribution;
  return known === undefined ? whole : { ...whole, distribution: known };
}

function partsOf(document: Fields, where: string): SbomParts {
  if (document['bomFormat'] === 'CycloneDX') return readCycloneDx(withList(document, 'components', where));
  const spdx = textOf(document['spdxVersion']);
  if (/^SPDX-2\./.test(spdx)) return readSpdx(withList(document, 'packages', where));
  if (spdx !== '' || listOf(document['@graph']).length > 0)
    throw new BadInputError(
      '',
      `${where}: SPDX ${spdx || '3'} is not read; write it as SPDX 2.3 JSON or CycloneDX JSON`,
    );
  if (Array.isArray(document['artifacts'])) return readSyft(document);
  throw new BadInputError('', `${where}: no SBOM: expected JSON of CycloneDX, SPDX 2 or Syft`);
}

/** Where something else stands for the list, nobody knows what is in the image: that is not nothing. */
function withList(document: Fields, field: 'components' | 'packages', where: string): Fields {
  const value = document[field];
  if (value === undefined || value === null || Array.isArray(value)) return document;
  throw new BadInputError(field, `${where}: no SBOM: "${field}" is no list`);
}

function parsed(text: string, where: string): unknown {
  try {
    // Some tools begin their files with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const start = text.trimStart().slice(0, 100);
    const form = start.startsWith('<')
      ? 'XML'
      : /^(?:#|SPDXVersion:)/.test(start)
        ? 'SPDX in its form of tags'
        : '';
    const why = form === '' ? messageOf(error) : `it is ${form}; only the JSON forms are read`;
    throw new BadInputError('', `${where}: no SBOM in JSON: ${why}`, { cause: error });
  }
}

function overlongReason(where: string, count: number) {
  const reason = `the name or version of ${count} of its packages has more than ${longestName} characters`;
  return { where, reason };
}

/** An owner that is not there is none. Of a package with a name or version that is none only its place in the list stays. */
function withinBounds(found: Package, count: number): Package {
  const { ownedBy, ...rest } = found;
  const owned = ownedBy === undefined || ownedBy >= count ? rest : found;
  if (!isOverlong(owned)) return owned;
  return { ...owned, name: owned.name.slice(0, 100), version: '', purl: '', cpes: [], upstreams: [] };
}
