import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ConfigFlags, loadConfig } from '../../src/config/load-config.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { createEmbedded, type Embedded } from '../../src/roles/embedded.ts';
import { chooseSource } from '../../src/roles/object-source.ts';
import { reloadConfig } from '../../src/roles/reload.ts';
import { createWebServer } from '../../src/roles/web-server.ts';

const shop = join(import.meta.dirname, '../../examples/shop');

export type Workshop = ReturnType<typeof copyShop>;

/** A folder of its own, gone after the test, with a copy of the example shop in `shop`. */
export function workshop(): Workshop {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-chain-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return copyShop(dir);
}

/** A copy of the example shop in `dir`, to be changed at will. */
export function copyShop(dir: string) {
  cpSync(shop, join(dir, 'shop'), { recursive: true });
  const cart = join(dir, 'shop/cart/deployment.yaml');
  const good = readFileSync(cart, 'utf8');
  return {
    dir,
    data: join(dir, 'data'),
    folder: join(dir, 'shop'),
    cart,
    write(name: string, text: string): string {
      const file = join(dir, name);
      writeFileSync(file, text);
      return file;
    },
    /** The change that the documentation proposes: a new finding of control C-0057. */
    makePrivileged: () => writeFileSync(cart, good.replace('privileged: false', 'privileged: true')),
    revert: () => writeFileSync(cart, good),
  };
}

export interface Running {
  readonly embedded: Embedded;
  readonly url: string;
  /** GET on our own API, or POST when there is a body. */
  api<Answer>(path: string, body?: object): Promise<Answer>;
  /** POSTs /-/reload. @returns the status */
  reload(): Promise<number>;
  /** The samples of one metric on /metrics, by their labels as written. */
  metric(name: string): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/** What `skopos up` runs, in this process and on a port of its own; stopped after the test. Resolves when it is ready. */
export async function runSkopos(flags: ConfigFlags, cwd: string): Promise<Running> {
  const all = { listen: '127.0.0.1:0', ...flags };
  const config = loadConfig(all, cwd);
  const choice = await chooseSource(config, {});
  const embedded = createEmbedded({ config, choice, log: silentLogger, startedAtMs: Date.now() });
  const app = createWebServer(embedded, () => reloadConfig(embedded, all, cwd));
  const abort = new AbortController();
  const running = embedded.run(abort.signal);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= app
      .close()
      .then(() => abort.abort())
      .then(() => running);
    return stopping;
  };
  onTestFinished(stop);
  await new Promise<void>((resolve) => embedded.inventory.onReady(resolve));
  return {
    embedded,
    url,
    async api<Answer>(path: string, body?: object) {
      const reply = await fetch(
        `${url}/api/skopos/v1/${path}`,
        body === undefined
          ? {}
          : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      );
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
      return JSON.parse(text) as Answer;
    },
    reload: async () => (await fetch(`${url}/-/reload`, { method: 'POST' })).status,
    metric: async (name) => samplesOf(await (await fetch(`${url}/metrics`)).text(), name),
    stop,
  };
}

function samplesOf(text: string, name: string): Record<string, number> {
  const samples: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z_:][\w:]*)(\{.*\})? (\S+)/.exec(line);
    if (match?.[1] === name) samples[match[2] ?? ''] = Number(match[3]);
  }
  return samples;
}
