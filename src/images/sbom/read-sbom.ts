import { createHash } from 'node:crypto';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import { listOf, objectOf, textOf } from '../database/blobs.ts';
import { readCycloneDx } from './read-cyclonedx.ts';
import { readSpdx } from './read-spdx.ts';
import { readSyft } from './read-syft.ts';
import type { SbomParts } from './sbom-parts.ts';

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
    packages: packages.map((found) => withinBounds(found, packages.length)),
  };
  const known = image?.distribution ?? distribution;
  return known === undefined ? whole : { ...whole, distribution: known };
}

function partsOf(document: Readonly<Record<string, unknown>>, where: string): SbomParts {
  if (document['bomFormat'] === 'CycloneDX') return readCycloneDx(document);
  const spdx = textOf(document['spdxVersion']);
  if (/^SPDX-2\./.test(spdx)) return readSpdx(document);
  if (spdx !== '' || listOf(document['@graph']).length > 0)
    throw new BadInputError(
      '',
      `${where}: SPDX ${spdx || '3'} is not read; write it as SPDX 2.3 JSON or CycloneDX JSON`,
    );
  if (Array.isArray(document['artifacts'])) return readSyft(document);
  throw new BadInputError('', `${where}: no SBOM: expected JSON of CycloneDX, SPDX 2 or Syft`);
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const isXml = text.trimStart().startsWith('<');
    const why = isXml ? 'it is XML; only the JSON forms are read' : messageOf(error);
    throw new BadInputError('', `${where}: no SBOM in JSON: ${why}`, { cause: error });
  }
}

/** An owner that is not there is none. */
function withinBounds(found: ImageSbom['packages'][number], count: number): ImageSbom['packages'][number] {
  if (found.ownedBy === undefined || found.ownedBy < count) return found;
  const { ownedBy: _ownedBy, ...rest } = found;
  return rest;
}
