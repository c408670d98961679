import { imageSeverities } from './images-contract.ts';
import type { Operation } from './operation.ts';
import { base } from './parameters.ts';
import {
  registryImageSorts,
  registryImageStates,
  registryImagesSchema,
  registryScansSchema,
} from './registries-contract.ts';

const page = { offset: 'How many to pass over.', limit: 'At most so many, up to 1000; 100 when left out.' };

/** The routes of registries, for the OpenAPI document. */
export const registryOperations: readonly Operation[] = [
  {
    method: 'get',
    path: `${base}/registry-images`,
    summary: 'Images that were found by looking through registries, whether they run or not',
    query: {
      registry: 'Comma list of hosts.',
      platform: 'Comma list, such as linux/amd64,linux/arm64.',
      state: `Comma list of ${registryImageStates.join(', ')}.`,
      severity: `Comma list of ${imageSeverities.join(', ')}. Those that have any of these.`,
      fixable: '1: those that have any that can be fixed.',
      running: '1: only those that a container runs; 0: only others.',
      job: 'Only those that this job looked at.',
      q: 'Part of the name or the digest.',
      sort: `One of ${registryImageSorts.join(', ')}; newest when left out.`,
      order: 'asc or desc.',
      ...page,
    },
    answer: registryImagesSchema,
  },
  {
    method: 'get',
    path: `${base}/registry-scans`,
    summary: 'Looks through registries, newest first, with their progress',
    query: page,
    answer: registryScansSchema,
  },
];
