import type { FastifyInstance } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import type { ImageDetailJson, ImageJson, ImagesJson } from './images-contract.ts';
import { base, listParameter, oneOf, wholeParameter } from './parameters.ts';

export interface ImageFilter {
  readonly states: readonly ImageJson['state'][];
  readonly namespaces: readonly string[];
  /** Part of the name or digest. */
  readonly text: string;
  readonly offset: number;
  readonly limit: number;
}

/** What the routes of images need of the running process. */
export interface ImagesSource {
  images(filter: ImageFilter): ImagesJson;
  /** Undefined for one that is not known, or not scanned. */
  image(digest: string): ImageDetailJson | undefined;
}

const states = ['waiting', 'scanning', 'complete', 'partial', 'unknown'] as const;

/** Images in use and what is wrong with them: `/images`, `/images/:digest`. */
export function imageRoutes(app: FastifyInstance, source: ImagesSource): void {
  app.get(`${base}/images`, async ({ url }): Promise<ImagesJson> => {
    const all = new URL(url, 'http://localhost').searchParams;
    return source.images({
      states: listParameter(all, 'state').map((state) => oneOf('state', state, states)),
      namespaces: listParameter(all, 'namespace'),
      text: all.get('q')?.trim() ?? '',
      offset: wholeParameter(all, 'offset', { fallback: 0 }),
      limit: wholeParameter(all, 'limit', { fallback: 100, most: 1000 }),
    });
  });

  app.get<{ Params: { digest: string } }>(
    `${base}/images/:digest`,
    async ({ params: { digest } }): Promise<ImageDetailJson> => {
      const found = source.image(digest);
      if (found === undefined) throw new NotFoundError(`no image ${digest} has been scanned`);
      return found;
    },
  );
}
