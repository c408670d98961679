import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from '../http/server.ts';

/** What the address bar may hold. Anything else is 404: data sources probe unknown paths. */
const pagePaths = [
  '/',
  '/findings',
  '/findings/:id',
  '/alerts',
  '/alerts/:fingerprint',
  '/frameworks',
  '/frameworks/:name',
  '/controls',
  '/controls/:id',
  '/verdicts',
  '/cluster-map',
  '/nodes',
  '/nodes/:name',
  '/live',
  '/resource',
  '/images',
  '/images/news',
  '/images/registries',
  '/image',
  '/cves/:id',
  '/attack-paths',
  '/access',
  '/access/subject',
  '/exposure',
  '/admission',
  '/suppressions',
  '/exceptions/:id',
  '/silences',
  '/silences/:id',
  '/routes',
  '/notifications',
  '/receivers',
  '/inbox',
  '/inbox/:id',
  '/jobs',
  '/jobs/:id',
  '/schedules',
  '/drills',
  '/drills/:id',
  '/ledger',
  '/query',
  '/dashboards',
  '/dashboards/:uid',
  '/targets',
  '/target',
  '/service-discovery',
  '/remote-write',
  '/pushed',
  '/pushed/group',
  '/backtest',
  '/monitors',
  '/monitors/:kind/:namespace/:name',
  '/rules',
  '/configuration',
  '/store',
  '/doctor',
  '/status',
  '/flags',
];

/**
 * The web application: index.html on its known paths, with its base set to the depth of the path (so that it works behind any
 * prefix) and a fresh nonce for styles, and its files under /assets for ever.
 *
 * @param folder where the built pages are; without them, the pages say how to build them
 */
export function pageRoutes(app: FastifyInstance, folder: string): void {
  const index = join(folder, 'index.html');
  const html = existsSync(index) ? readFileSync(index, 'utf8') : notBuilt;
  for (const path of pagePaths) {
    app.get(path, (request: FastifyRequest, reply: FastifyReply) =>
      sendPage(reply, html, baseOf(request.url)),
    );
  }
  if (!existsSync(folder)) return;
  void app.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    setHeaders(response, path) {
      const isHashed = path.includes('/assets/');
      response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.header('x-content-type-options', 'nosniff');
    },
  });
}

/** The way from an address up to the root, a slash at its end included. */
function baseOf(url: string): string {
  const path = url.split('?')[0] ?? '/';
  return '../'.repeat(Math.max(0, path.split('/').length - 2)) || './';
}

function sendPage(reply: FastifyReply, html: string, base: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64url');
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', policy(nonce))
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
    .send(
      html
        .replace(/<base href="[^"]*"\s*\/?>/, `<base href="${base}">`)
        .replace(/(<meta name="csp-nonce" content=")[^"]*/, `$1${nonce}`),
    );
}

/** Nothing from elsewhere, no inline script; styles that the application makes carry the nonce. */
function policy(nonce: string): string {
  return [
    "default-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ');
}

const notBuilt = `<!doctype html><html lang="en"><head><title>Skopos</title></head>
<body><h1>Skopos is running</h1><p>The pages are not built. Run <code>npm run build</code> and start again; the APIs answer meanwhile.</p></body></html>
`;
