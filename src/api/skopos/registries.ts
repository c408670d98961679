import { type FastifyInstance, type FastifyRequest, parameters } from '../../http/server.ts';
import { flagOf, type Page, pageOf, severitiesOf, textOf } from './image-parameters.ts';
import type { ImageSeverity } from './images-contract.ts';
import { base, listParameter, oneOf, wordParameter } from './parameters.ts';
import {
  type RegistryImagesJson,
  type RegistryScansJson,
  registryImageSorts,
  registryImageStates,
} from './registries-contract.ts';

export interface RegistryImageFilter extends Page {
  readonly registries: readonly string[];
  readonly platforms: readonly string[];
  readonly states: readonly (typeof registryImageStates)[number][];
  /** Those that have any of these. */
  readonly severities: readonly ImageSeverity[];
  readonly isFixable: boolean;
  /** Only those that run, or only others. */
  readonly isRunning?: boolean;
  /** Of this job. */
  readonly job?: string;
  readonly text: string;
  readonly sort: (typeof registryImageSorts)[number];
  readonly order: 'asc' | 'desc';
}

/** What the routes of registries need of the running process. */
export interface RegistriesSource {
  images(filter: RegistryImageFilter): RegistryImagesJson;
  scans(page: Page): RegistryScansJson;
}

/** What registries were looked through for, and what was found: `/registry-images`, `/registry-scans`. */
export function registryRoutes(app: FastifyInstance, source: RegistriesSource): void {
  app.get(
    `${base}/registry-images`,
    async (request): Promise<RegistryImagesJson> => source.images(filterOf(request)),
  );
  app.get(
    `${base}/registry-scans`,
    async (request): Promise<RegistryScansJson> => source.scans(pageOf(parameters(request))),
  );
}

function filterOf(request: FastifyRequest): RegistryImageFilter {
  const all = parameters(request);
  const sort = wordParameter(all, 'sort', registryImageSorts) ?? 'newest';
  const running = wordParameter(all, 'running', ['0', '1'] as const);
  const job = all.get('job') ?? '';
  return {
    ...pageOf(all),
    registries: listParameter(all, 'registry'),
    platforms: listParameter(all, 'platform'),
    states: listParameter(all, 'state').map((state) => oneOf('state', state, registryImageStates)),
    severities: severitiesOf(all),
    isFixable: flagOf(all, 'fixable'),
    ...(running === undefined ? {} : { isRunning: running === '1' }),
    ...(job === '' ? {} : { job }),
    text: textOf(all),
    sort,
    order: wordParameter(all, 'order', ['asc', 'desc'] as const) ?? (sort === 'name' ? 'asc' : 'desc'),
  };
}
