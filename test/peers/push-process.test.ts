import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { workshop } from '../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';

const patience = { timeout: 60_000, interval: 100 };

it('has after each kill all that it acknowledged, refuses 50 MB and strangers, and tells of a silent job', async () => {
  const shop = workshop();
  const config = join(shop.dir, 'skopos.yaml');
  writeFileSync(config, 'push: { interval: 1s }\nrules: { evaluation_interval: 1s }\n');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = async () => {
    const data = ['--data', shop.data, '--listen', `127.0.0.1:${port}`];
    const skopos = SkoposProcess.start(
      ['up', '--folder', shop.folder, '--config', config, ...data],
      shop.dir,
    );
    await skopos.ready(url);
    return skopos;
  };
  const push = (path: string, body: string | Buffer, headers = {}) =>
    fetch(`${url}/metrics/job/${path}`, { method: 'PUT', body: body as string, headers });
  const text = async () => (await fetch(`${url}/metrics/push`)).text();

  let taken = 0;
  for (let round = 0; round < 3; round++) {
    const skopos = await start();
    const doomed = taken + 5 + Math.floor(Math.random() * 30);
    for (let next = taken + 1; ; next++) {
      // Two groups in turn, one of them always the same, so that there is something to replace.
      const answer = await Promise.all([push('same', `n ${next}\n`), push(`j${next}`, `n ${next}\n`)]).catch(
        () => undefined,
      );
      if (answer === undefined) break;
      expect(answer.map(({ status }) => status)).toEqual([200, 200]);
      taken = next;
      // The signal is on its way while the next pushes are.
      if (taken === doomed) setImmediate(() => skopos.child.kill('SIGKILL'));
    }
    await skopos.ended;
  }

  await start();
  const found = await text();
  for (let i = 1; i <= taken; i++) expect(found).toContain(`n{instance="",job="j${i}"} ${i}\n`);
  const same = Number(/^n\{instance="",job="same"\} (\d+)$/m.exec(found)?.[1]);
  expect([taken, taken + 1]).toContain(same);

  const large = await push('large', Buffer.alloc(50 << 20, 'a 1\n')).catch(() => undefined);
  // A client that still sends may see the connection end instead of the answer.
  expect([413, undefined]).toContain(large?.status);
  expect((await push('page', 'a 1\n', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);

  const ask = async (query: string) => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result.map(({ value }) => value[1]);
  };
  expect((await push('silent?ttl=2s', 'quiet 7\n')).status).toBe(200);
  expect(await ask('quiet{job="silent"}')).toEqual(['7']);
  await vi.waitFor(async () => {
    expect(await ask('ALERTS{alertname="SkoposPushStale",job="silent",alertstate="firing"}')).toEqual(['1']);
  }, patience);
  expect(await ask('quiet{job="silent"}')).toEqual([]);
}, 300_000);
