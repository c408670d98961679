import { z } from 'zod';
import {
  cveSchema,
  imageDetailSchema,
  imageNewsSchema,
  imagePackagesSchema,
  imageSeverities,
  imageSorts,
  imageStates,
  imagesSchema,
  newsKinds,
  workloadImagesSchema,
} from './images-contract.ts';
import type { Operation } from './operation.ts';
import { base } from './parameters.ts';

const page = { offset: 'How many to pass over.', limit: 'At most so many, up to 1000; 100 when left out.' };
const severity = `Comma list of ${imageSeverities.join(', ')}.`;
const namespace = 'Comma list: run in one of these.';

/** The routes of images, for the OpenAPI document. */
export const imageOperations: readonly Operation[] = [
  {
    method: 'get',
    path: `${base}/images`,
    summary: 'Images in use',
    query: {
      state: `Comma list of ${imageStates.join(', ')}.`,
      severity: `${severity} Those that have any of these.`,
      namespace,
      fixable: '1: those that have any that can be fixed, of these severities where some are named.',
      exploited: '1: those that have any that is known to be exploited.',
      q: 'Part of the name, the digest, or of who runs it.',
      sort: `One of ${imageSorts.join(', ')}; risk when left out.`,
      order: 'asc or desc.',
      ...page,
    },
    answer: imagesSchema,
  },
  {
    method: 'get',
    path: `${base}/images/news`,
    summary: 'What is new, fixed or ignored since a time',
    query: {
      since: 'Unix milliseconds or RFC 3339; what counts as new when left out.',
      kind: `Comma list of ${newsKinds.join(', ')}.`,
      severity,
      namespace,
      fixable: '1: only what can be fixed.',
      q: 'Part of the vulnerability, package or repository.',
      ...page,
    },
    answer: imageNewsSchema,
  },
  { method: 'get', path: `${base}/images/{id}`, summary: 'One image', answer: imageDetailSchema },
  {
    method: 'get',
    path: `${base}/images/{id}/packages`,
    summary: 'Packages of an image',
    query: { q: 'Part of the name or version.', layer: 'Index of the layer that brought them.', ...page },
    answer: imagePackagesSchema,
  },
  {
    method: 'get',
    path: `${base}/images/{id}/sbom`,
    summary: 'The SBOM of an image',
    query: { format: 'cyclonedx or spdx; cyclonedx when left out.' },
    answer: z.looseObject({}),
  },
  {
    method: 'get',
    path: `${base}/resource/images`,
    summary: 'The images of an object that runs containers',
    query: { key: 'Of the object: group/Kind/namespace/name.' },
    answer: workloadImagesSchema,
  },
  { method: 'get', path: `${base}/cves/{id}`, summary: 'One vulnerability', answer: cveSchema },
];
