import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createServer } from '../http/server.ts';
import { silentLogger } from '../log/logger.ts';
import { pageRoutes } from './pages.ts';

function server() {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-pages-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    '<head><base href="./"><meta name="csp-nonce" content=""><script src="./assets/a-1.js"></script></head>',
  );
  writeFileSync(join(folder, 'assets/a-1.js'), '1');
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  pageRoutes(app, folder);
  return app;
}

it.each([
  ['/', './'],
  ['/findings', './'],
  ['/findings/', '../'],
  ['/findings/abc?q=a/b', '../'],
  ['/alerts/abc', '../'],
])('serves the application at %s with its base %s', async (url, base) => {
  const reply = await server().inject(url);
  expect(reply.statusCode).toBe(200);
  expect(reply.body).toContain(`<base href="${base}">`);
});

it('gives each page a nonce of its own that the policy names, and allows nothing from elsewhere', async () => {
  const app = server();
  const nonces = await Promise.all(
    [1, 2].map(async () => {
      const reply = await app.inject('/');
      const nonce = /csp-nonce" content="([^"]+)/.exec(reply.body)?.[1] ?? 'none';
      const policy = reply.headers['content-security-policy'];
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toContain('unsafe');
      return nonce;
    }),
  );
  expect(new Set(nonces).size).toBe(2);
});

it('keeps hashed files for ever and the page never', async () => {
  const app = server();
  expect((await app.inject('/assets/a-1.js')).headers['cache-control']).toContain('immutable');
  expect((await app.inject('/')).headers['cache-control']).toBe('no-store');
});

it.each(['/nothing', '/api/v1/nothing', '/alertmanager/api/v2/status', '/assets/none.js'])(
  'answers 404 for %s, never the page',
  async (url) => {
    expect((await server().inject(url)).statusCode).toBe(404);
  },
);
