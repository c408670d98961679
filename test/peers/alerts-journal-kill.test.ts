import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { workshop } from '../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';

const bodySize = 250;
const bodiesBeforeKill = [3, 12, 30];

it('has every alert of every body that it acknowledged when it is killed -9 amid a flood, from the journal and from the database', async () => {
  const shop = workshop();
  writeFileSync(join(shop.dir, 'skopos.yaml'), 'rules: {shipped: false}\n');
  const journal = join(shop.data, 'alerts');
  const files = () => (existsSync(journal) ? readdirSync(journal) : []);
  const acknowledged: string[] = [];

  const start = async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ['--folder', shop.folder, '--data', shop.data, '--listen', `127.0.0.1:${port}`];
    const skopos = SkoposProcess.start(['up', ...args], shop.dir);
    await skopos.ready(url);
    return { skopos, url };
  };
  const missing = async (url: string) => {
    const reply = await fetch(`${url}/api/v2/alerts`);
    const alerts = (await reply.json()) as { labels: { alertname: string } }[];
    const known = new Set(alerts.map(({ labels }) => labels.alertname));
    return acknowledged.filter((name) => !known.has(name));
  };

  for (const [round, bodies] of bodiesBeforeKill.entries()) {
    const { skopos, url } = await start();
    expect(await missing(url)).toEqual([]);
    let next = 0;
    let answered = 0;
    const sender = async (): Promise<void> => {
      for (;;) {
        const from = next;
        next += bodySize;
        const names = Array.from({ length: bodySize }, (_, i) => `R${round}N${from + i}`);
        const body = JSON.stringify(names.map((alertname) => ({ labels: { alertname } })));
        try {
          const reply = await fetch(`${url}/api/v2/alerts`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
          });
          if (!reply.ok) throw new Error(await reply.text());
        } catch {
          return;
        }
        acknowledged.push(...names);
        if (++answered === bodies) skopos.child.kill('SIGKILL');
      }
    };
    await Promise.all([sender(), sender(), skopos.ended]);
    const [file] = files();
    if (file === undefined) throw new Error('there is no journal');
    // As when the end came in the middle of a line.
    appendFileSync(join(journal, file), '99 0123abcd [[0,0,{"labels":{"alertname":"Half');
  }

  const { skopos, url } = await start();
  expect(await missing(url)).toEqual([]);
  // By and by it is all in the database, and the files go.
  await vi.waitFor(
    () => {
      if (files().length > 0) throw new Error(files().join(', '));
    },
    { timeout: 60_000, interval: 200 },
  );
  skopos.child.kill('SIGKILL');
  await skopos.ended;
  const last = await start();
  expect(await missing(last.url)).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(40 * bodySize);
  last.skopos.child.kill('SIGKILL');
  await last.skopos.ended;
}, 240_000);
