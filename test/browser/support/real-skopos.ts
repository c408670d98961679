import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { copyShop, type Workshop } from '../../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../../support/skopos-process.ts';
import { useChromium } from './browser.ts';
import type { Visit } from './visit.ts';

/** The pages on the real thing: `skopos up` on a copy of the example shop, for the tests of a file. */
export interface RealSkopos {
  readonly shop: Workshop;
  /** Ends in a slash. */
  readonly url: string;
  /** A page of it for one test. */
  open(path: string): Promise<Visit>;
  /** The shared page, loaded anew at an address. */
  load(path: string): Promise<Visit>;
}

/** @param config the text of its skopos.yaml */
export function useRealSkopos(config = ''): RealSkopos {
  const chromium = useChromium();
  let running: { readonly shop: Workshop; readonly url: string; readonly skopos: SkoposProcess } | undefined;
  beforeAll(async () => {
    const shop = copyShop(mkdtempSync(join(tmpdir(), 'skopos-browser-')));
    const listen = `127.0.0.1:${await freePort()}`;
    const skopos = new SkoposProcess(
      [
        ...['up', '--config', shop.write('skopos.yaml', config), '--folder', shop.folder],
        ...['--data', shop.data, '--listen', listen],
      ],
      shop.dir,
    );
    running = { shop, url: `http://${listen}/`, skopos };
    await skopos.ready(`http://${listen}`);
  });
  afterAll(async () => {
    if (running === undefined) return;
    running.skopos.child.kill('SIGKILL');
    await running.skopos.ended;
    rmSync(running.shop.dir, { recursive: true, force: true });
  });

  function here() {
    if (running === undefined) throw new Error('skopos is there only while the tests of the file run');
    return running;
  }
  return {
    get shop() {
      return here().shop;
    },
    get url() {
      return here().url;
    },
    open: (path) => chromium.open(here().url + path),
    async load(path) {
      const visit = await chromium.shared();
      await visit.load(here().url + path);
      return visit;
    },
  };
}
