import { type FastifyInstance, type FastifyRequest, parameters } from '../../http/server.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import { flagOf, type Page, pageOf, severitiesOf, textOf } from './image-parameters.ts';
import {
  type CveJson,
  type ImageDetailJson,
  type ImageNewsJson,
  type ImagePackagesJson,
  type ImageSeverity,
  type ImageSort,
  type ImageState,
  type ImagesJson,
  imageSorts,
  imageStates,
  newsKinds,
  type WorkloadImagesJson,
} from './images-contract.ts';
import { base, listParameter, oneOf, wholeParameter, wordParameter } from './parameters.ts';

export interface ImageFilter extends Page {
  readonly states: readonly ImageState[];
  readonly namespaces: readonly string[];
  /** Those that have any of these. */
  readonly severities: readonly ImageSeverity[];
  readonly isFixable: boolean;
  readonly isExploited: boolean;
  /** Part of the name or digest, or of who runs it. */
  readonly text: string;
  readonly sort: ImageSort;
  readonly order: 'asc' | 'desc';
}

export interface PackageFilter extends Page {
  readonly text: string;
  /** Index of the layer that brought it. */
  readonly layer?: number;
}

export interface NewsFilter extends Page {
  readonly sinceMs?: number;
  readonly kinds: readonly (typeof newsKinds)[number][];
  readonly severities: readonly ImageSeverity[];
  readonly namespaces: readonly string[];
  readonly isFixable: boolean;
  readonly text: string;
}

/** An object whose images are asked for. */
export interface WorkloadAsked {
  /** The key of its top owner, or its own. */
  readonly workload: string;
  /** As they are written in it. */
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  /** Why it cannot be known what runs; '' when it can. */
  readonly unreadable: string;
}

export type SbomFormat = 'cyclonedx' | 'spdx';

/** What the routes of images need of the running process. */
export interface ImagesSource {
  images(filter: ImageFilter): ImagesJson;
  /** By digest, or by the reference of one in use. Undefined for one that is not known. */
  image(id: string): ImageDetailJson | undefined;
  packages(id: string, filter: PackageFilter): ImagePackagesJson | undefined;
  /** The document; undefined for one that has not been read. */
  sbom(id: string, format: SbomFormat): string | undefined;
  /** By any of its names. Undefined when no image has or had it. */
  cve(id: string): CveJson | undefined;
  news(filter: NewsFilter): ImageNewsJson;
  workload(asked: WorkloadAsked): WorkloadImagesJson;
}

/**
 * Images in use, what is wrong with them and since when: `/images…`, `/cves/:id`, and those of one object.
 *
 * @param workloadOf what is to be asked of an object; undefined for one that is not there or runs nothing
 */
export function imageRoutes(
  app: FastifyInstance,
  source: ImagesSource,
  workloadOf: (key: string) => WorkloadAsked | undefined = () => undefined,
): void {
  app.get(`${base}/images`, async (request): Promise<ImagesJson> => source.images(imageFilterOf(request)));

  app.get(
    `${base}/images/news`,
    async (request): Promise<ImageNewsJson> => source.news(newsFilterOf(request)),
  );

  app.get(
    `${base}/images/:id`,
    async (request): Promise<ImageDetailJson> => known(request, source.image(idOf(request))),
  );

  app.get(`${base}/images/:id/packages`, async (request): Promise<ImagePackagesJson> => {
    const all = parameters(request);
    const filter = { ...pageOf(all), text: textOf(all) };
    const hasLayer = (all.get('layer') ?? '') !== '';
    const layer = wholeParameter(all, 'layer', { fallback: 0 });
    return known(request, source.packages(idOf(request), hasLayer ? { ...filter, layer } : filter));
  });

  app.get(`${base}/images/:id/sbom`, async (request, reply) => {
    const id = idOf(request);
    const format =
      wordParameter(parameters(request), 'format', ['cyclonedx', 'spdx'] as const) ?? 'cyclonedx';
    const document = source.sbom(id, format);
    if (document === undefined) throw new NotFoundError(`${id} has not been read: there is no SBOM of it`);
    const name = id.replace(/[^A-Za-z0-9._-]+/g, '-').slice(-100);
    const extension = format === 'spdx' ? 'spdx.json' : 'cdx.json';
    return reply
      .header('content-disposition', `attachment; filename="${name}.${extension}"`)
      .type(format === 'spdx' ? 'application/spdx+json' : 'application/vnd.cyclonedx+json')
      .send(document);
  });

  app.get(`${base}/resource/images`, async (request): Promise<WorkloadImagesJson> => {
    const key = parameters(request).get('key') ?? '';
    const asked = workloadOf(key);
    if (asked === undefined) throw new NotFoundError(`there is no object "${key}" that runs containers`);
    return source.workload(asked);
  });

  app.get(`${base}/cves/:id`, async (request): Promise<CveJson> => {
    const id = idOf(request);
    const found = source.cve(id);
    if (found === undefined) throw new NotFoundError(`no image that was looked at has or had ${id}`);
    return found;
  });
}

function imageFilterOf(request: FastifyRequest): ImageFilter {
  const all = parameters(request);
  const sort = wordParameter(all, 'sort', imageSorts) ?? 'risk';
  return {
    ...pageOf(all),
    states: listParameter(all, 'state').map((state) => oneOf('state', state, imageStates)),
    severities: severitiesOf(all),
    namespaces: listParameter(all, 'namespace'),
    isFixable: flagOf(all, 'fixable'),
    isExploited: flagOf(all, 'exploited'),
    text: textOf(all),
    sort,
    order: wordParameter(all, 'order', ['asc', 'desc'] as const) ?? (sort === 'name' ? 'asc' : 'desc'),
  };
}

function newsFilterOf(request: FastifyRequest): NewsFilter {
  const all = parameters(request);
  const since = timeOf(all.get('since') ?? '');
  return {
    ...pageOf(all),
    ...(since === undefined ? {} : { sinceMs: since }),
    kinds: listParameter(all, 'kind').map((kind) => oneOf('kind', kind, newsKinds)),
    severities: severitiesOf(all),
    namespaces: listParameter(all, 'namespace'),
    isFixable: flagOf(all, 'fixable'),
    text: textOf(all),
  };
}

/** Unix milliseconds, or a date as RFC 3339 writes it. */
function timeOf(text: string): number | undefined {
  if (text === '') return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new BadInputError(
    'since',
    `expected Unix milliseconds or a date such as 2026-01-31T08:00:00Z, got "${text}"`,
  );
}

function idOf(request: FastifyRequest): string {
  const { id } = request.params as { readonly id: string };
  return id;
}

function known<Found>(request: FastifyRequest, found: Found | undefined): Found {
  if (found === undefined) throw new NotFoundError(`no image ${idOf(request)} is in use or has been scanned`);
  return found;
}
