import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';

const dist = join(import.meta.dirname, '../../../web/dist');
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const routes = [
  /^$/,
  /^findings(\/[^/]+)?$/,
  /^alerts(\/[^/]+)?$/,
  /^silences(\/[^/]+)?$/,
  /^suppressions$/,
  /^exceptions\/[^/]+$/,
  /^(routes|notifications|receivers)$/,
  /^inbox(\/[^/]+)?$/,
  /^drills(\/[^/]+)?$/,
  /^(ledger|live|cluster-map)$/,
  /^images?(\/(news|registries))?$/,
  /^cves\/[^/]+$/,
  /^query$/,
  /^dashboards(\/[^/]+)?$/,
  /^(targets?|service-discovery|rules|backtest|configuration|store|doctor|status|flags)$/,
  /^pushed(\/group)?$/,
  /^(jobs(\/[^/]+)?|schedules|admission)$/,
  /^monitors(\/[^/]+\/[^/]+\/[^/]+)?$/,
];

/** Serves a file of the built pages, or the page itself, as the real server does: base, nonce, strict policy. */
export function serveFile(path: string, response: ServerResponse): void {
  if (routes.some((route) => route.test(path)) || !/\.\w+$/.test(path)) {
    servePage(path, response);
    return;
  }
  try {
    const file = normalize(join(dist, path));
    if (!file.startsWith(dist)) throw new Error('outside');
    const bytes = readFileSync(file);
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'cache-control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(bytes);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end(`there is no ${path}`);
  }
}

function servePage(path: string, response: ServerResponse): void {
  const nonce = randomBytes(16).toString('base64');
  const base = `./${'../'.repeat(path.split('/').length - 1)}`;
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
    .replace('<base href="./" />', `<base href="${base}" />`)
    .replace('name="csp-nonce" content=""', `name="csp-nonce" content="${nonce}"`);
  response.writeHead(routes.some((route) => route.test(path)) ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'self'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
  });
  response.end(html);
}
