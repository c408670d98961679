import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { MadeImage } from './oci-image.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean | undefined;

export interface RegistryServer {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  /** The `Authorization` of each request, or ''. */
  readonly authorizations: readonly string[];
}

/**
 * A registry with these images by `repository:tag`, on a free port of loopback. `before` sees each request first, and answers those that
 * it returns true for.
 */
export async function registryServer(
  images: Readonly<Record<string, MadeImage>>,
  before: Handler = () => undefined,
): Promise<RegistryServer> {
  const requests: string[] = [];
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers.authorization ?? '');
    if (before(request, response) === true) return;
    serve(images, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests, authorizations };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
  return true;
}

/** The catalogue and the lists of tags, in pages. */
function list(images: Readonly<Record<string, MadeImage>>, url: URL, response: ServerResponse): boolean {
  const [, repository] = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname) ?? [];
  const isCatalogue = url.pathname === '/v2/_catalog';
  if (!isCatalogue && repository === undefined) return false;
  const names = Object.keys(images).map((name) => name.split(':') as [repository: string, tag: string]);
  const all = isCatalogue
    ? [...new Set(names.map(([name]) => name))]
    : names.filter(([name]) => name === repository).map(([, tag]) => tag);
  const { n = '1000', last = '' } = Object.fromEntries(url.searchParams);
  const from = last === '' ? 0 : all.indexOf(last) + 1;
  const page = all.slice(from, from + Number(n));
  const more = from + page.length < all.length;
  const link = `<${url.pathname}?n=${n}&last=${page.at(-1)}>; rel="next"`;
  return sendJson(
    response,
    200,
    isCatalogue ? { repositories: page } : { name: repository, tags: page },
    more ? { link } : {},
  );
}

function serve(
  images: Readonly<Record<string, MadeImage>>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (list(images, new URL(request.url ?? '', 'http://registry.invalid'), response)) return;
  const [, repository = '', kind, name = ''] =
    /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
  const own = Object.entries(images).filter(([key]) => key.startsWith(`${repository}:`));
  const tagged = own.find(([key]) => key === `${repository}:${name}`)?.[1];
  const digest = tagged?.digest ?? name;
  const blob = own.map(([, { blobs }]) => blobs.get(digest)).find((found) => found !== undefined);
  if (blob === undefined) {
    sendJson(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });
    return;
  }
  const [, from = '0'] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const part = blob.subarray(Number(from));
  response.writeHead(request.headers.range === undefined ? 200 : 206, {
    'content-length': part.length,
    ...(kind === 'manifests' ? { 'docker-content-digest': digest } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : part);
}
