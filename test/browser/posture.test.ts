import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyShop } from '../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';
import { desk, launch, night, phone, Visit } from './support/browser.ts';

/** Each page about what is judged, and something that stands on it only once its data is there. */
const pages = [
  { name: 'frameworks', path: 'frameworks', there: 'text=AllControls' },
  { name: 'framework', path: 'frameworks/AllControls', there: 'text=Why there are two scores' },
  { name: 'controls', path: 'controls', there: 'text=C-0057' },
  { name: 'control', path: 'controls/C-0016', there: 'text=An example that fails' },
  { name: 'verdicts', path: 'verdicts', there: '[role=grid] >> text=shop/' },
  {
    name: 'resource',
    path: 'resource?key=apps/Deployment/shop/storefront',
    there: 'text=What it hangs together with',
  },
  { name: 'attack-paths', path: 'attack-paths', there: 'text=complete' },
  { name: 'access', path: 'access', there: '[role=grid] >> text=ops/deploy-bot' },
  {
    name: 'who',
    path: 'access?verb=create&resource=pods%2Fexec&namespace=shop',
    there: 'text=Group support',
  },
  {
    name: 'subject',
    path: 'access/subject?subject=ServiceAccount%2Fops%2Fdeploy-bot',
    there: 'text=Everything in the cluster',
  },
  { name: 'exposure', path: 'exposure', there: '[role=grid] >> text=shop/storefront' },
  {
    name: 'connection',
    path: 'exposure?from=apps%2FDeployment%2Fshop%2Fstorefront&to=apps%2FDeployment%2Fshop%2Fcart',
    there: 'text=TCP 8080 open',
  },
] as const;
const looks = { light: desk, dark: night, phone } as const;

/** `skopos up` on a copy of the example shop, with every control judged. */
let browser: Browser;
let dir: string;
let skopos: SkoposProcess;
let url: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'skopos-posture-'));
  const shop = copyShop(dir);
  const config = shop.write('skopos.yaml', 'posture:\n  frameworks: [NSA, AllControls]\n');
  const listen = `127.0.0.1:${await freePort()}`;
  url = `http://${listen}/`;
  skopos = new SkoposProcess(
    ['up', '--config', config, '--folder', shop.folder, '--data', shop.data, '--listen', listen],
    dir,
  );
  [browser] = await Promise.all([launch(), skopos.ready(`http://${listen}`)]);
});

afterAll(async () => {
  await browser.close();
  skopos.child.kill('SIGKILL');
  await skopos.ended;
  rmSync(dir, { recursive: true, force: true });
});

describe.each(pages)('$name', ({ name, path, there }) => {
  it.each(Object.entries(looks))('looks right in %s', async (lookName, look) => {
    const visit = await Visit.open(browser, url + path, look);
    await visit.page.locator(there).first().waitFor();
    await visit.page.waitForTimeout(300);
    await visit.picture(`posture-${name}-${lookName}`);
    expect(visit.unexpected()).toEqual([]);
    expect(await visit.barriers()).toEqual([]);
    expect(await visit.sideways()).toBeLessThanOrEqual(0);
    await visit.close();
  });
});
