import { toOpenVex } from '../../images/match/vex/to-openvex.ts';
import { toCycloneDx } from '../../images/sbom/to-cyclonedx.ts';
import { toSpdx } from '../../images/sbom/to-spdx.ts';
import { version } from '../../roles/version.ts';
import type { ImageResult } from './image-result.ts';
import { toJson } from './to-json.ts';
import { toSarif } from './to-sarif.ts';

/** All but the table, which depends on the terminal. */
const writers = {
  json: toJson,
  sarif: toSarif,
  cyclonedx: (image) =>
    toCycloneDx(image.sbom, { ...about(image), matches: [...image.result.matches, ...image.result.ignored] }),
  spdx: (image) => toSpdx(image.sbom, about(image)),
  vex: (image) => toOpenVex(image.result, image.sbom, { name: image.name, nowMs: image.atMs }),
} as const satisfies Record<string, (image: ImageResult) => string>;

export type ImageFormat = 'table' | keyof typeof writers;

export const imageFormats: readonly ImageFormat[] = [
  'table',
  ...(Object.keys(writers) as (keyof typeof writers)[]),
];

export function write(image: ImageResult, format: Exclude<ImageFormat, 'table'>): string {
  return writers[format](image);
}

function about({ name, atMs }: ImageResult) {
  return { name, version, nowMs: atMs };
}
