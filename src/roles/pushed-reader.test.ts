import { expect, it } from 'vitest';
import { openPush } from '../../test/support/push-server.ts';
import { pushedRoutes } from '../api/skopos/pushed.ts';
import type { PushedGroupDetailJson, PushedJson } from '../api/skopos/pushed-contract.ts';
import { createServer } from '../http/server.ts';
import { silentLogger } from '../log/logger.ts';
import { pushedReader } from './pushed-reader.ts';

function openPages(isOn = true) {
  const push = openPush();
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  pushedRoutes(app, isOn ? pushedReader(push.role.groups) : undefined);
  const ask = async (url: string, method: 'GET' | 'DELETE' = 'GET') =>
    app.inject({ method, url: `/api/skopos/v1/pushed${url}` });
  const list = async (query = ''): Promise<PushedJson> => (await ask(query)).json();
  return { ...push, ask, list };
}

it('shows groups by the state of their last push, what needs looking at first', async () => {
  const { send, clock, role, list } = openPages();
  await send('PUT', '/metrics/job/late?ttl=1m', 'a 1\n');
  await clock.advance(120_000);
  role.round();
  await send('PUT', '/metrics/job/well/instance/db1', 'b{x="1"} 1\nb{x="2"} 2\nc 3\n');
  await send('PUT', '/metrics/job/wrong', 'd 1 1\n');
  const { isOn, total, counts, items } = await list();
  expect([isOn, total, counts]).toEqual([true, 3, { taken: 1, refused: 1, stale: 1 }]);
  expect(items.map(({ path, state }) => [path, state])).toEqual([
    ['/metrics/job/late', 'stale'],
    ['/metrics/job/wrong', 'refused'],
    ['/metrics/job/well/instance/db1', 'taken'],
  ]);
  expect(items[0]).toMatchObject({ timeToLiveMs: 60_000, families: 1, series: 1 });
  expect(items[1]).not.toHaveProperty('pushedAtMs');
  expect(items[2]).toMatchObject({ families: 2, series: 3, pushedAtMs: clock.now() });
  expect((await list('?q=db1')).items).toHaveLength(1);
  const refused = await list('?state=refused&q=wro');
  expect([refused.total, refused.counts.taken]).toEqual([1, 0]);
});

it('shows what a group has, numbers that JSON has not included, and removes it', async () => {
  const { send, ask, list, value } = openPages();
  const many = Array.from({ length: 250 }, (_, i) => `m{i="${i}"} ${i}\n`).join('');
  await send(
    'PUT',
    '/metrics/job@base64/YS9i',
    `# TYPE s summary\ns{quantile="0.5"} NaN\ns_sum +Inf\n${many}`,
  );
  const path = (await list()).items[0]?.path ?? '';
  const { parts } = (await ask(`/group?path=${encodeURIComponent(path)}`)).json<PushedGroupDetailJson>();
  const [summary, rest] = parts;
  expect(summary?.series.map(({ name, value: of }) => [name, of])).toEqual([
    ['s', 'NaN'],
    ['s_sum', '+Inf'],
    ['s_count', '0'],
  ]);
  expect([rest?.total, rest?.series.length]).toEqual([250, 200]);
  const address = `/group?path=${encodeURIComponent(path)}`;
  expect((await ask(address, 'DELETE')).statusCode).toBe(204);
  expect([value('m'), (await list()).total]).toEqual(['stale', 0]);
  expect((await ask(address, 'DELETE')).statusCode).toBe(404);
});

it('says which group is not there, and that nothing is taken where the role is off', async () => {
  const { ask } = openPages();
  for (const path of ['', '/metrics', '/metrics/job/x', '/metrics/job/x/odd'])
    expect([400, 404]).toContain((await ask(`/group?path=${encodeURIComponent(path)}`)).statusCode);
  expect((await ask('?state=lost')).json()).toMatchObject({
    error: expect.stringContaining('expected one of'),
  });
  const off = openPages(false);
  expect(await off.list()).toMatchObject({ isOn: false, total: 0, items: [] });
  expect((await off.ask('/group?path=/metrics/job/x')).statusCode).toBe(404);
});
