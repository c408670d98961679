import { once } from 'node:events';
import { request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { AlertRouter } from '../alerting/alert-router.ts';
import { loadAlertingConfig } from '../alerting/config/load-alerting-config.ts';
import { InboxStore } from '../alerting/inbox-store.ts';
import { parseMatcher } from '../alerting/parse-matchers.ts';
import { alertmanagerRoutes } from '../api/alertmanager/routes.ts';
import { createServer } from '../http/server.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';

const config = `route: {receiver: inbox, group_by: [alertname], group_wait: 0s}
receivers:
  - name: inbox
    inbox_configs: [{}]
`;

async function serve() {
  const database = openDatabase(':memory:');
  const inbox = new InboxStore(database);
  const router = new AlertRouter({
    config: loadAlertingConfig(config, { file: 'alertmanager.yml', baseDir: '/' }),
    database,
    inbox,
    clock: systemClock,
    log: silentLogger,
    ledger: () => {},
    registry: new Registry(),
    externalURL: 'http://localhost',
  });
  const stop = new AbortController();
  const done = router.run(stop.signal);
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  void app.register((scope, _options, next) => {
    alertmanagerRoutes(scope, router, { version: '0.1.0', parseMatcher });
    next();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await app.close();
    stop.abort();
    await done;
  });
  /** Bytes as they are, so that they need not be JSON nor text. */
  const post = async (path: string, body: Buffer | string) => {
    const sent = request(`${url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    sent.on('error', () => {});
    sent.end(body);
    const [reply] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of reply) chunks.push(chunk as Buffer);
    return { status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  };
  /** An alert of somebody else, which must go through whatever happened before. */
  const isWell = async () => {
    const name = `Well${Math.random()}`;
    expect(await post('alerts', JSON.stringify([{ labels: { alertname: name } }]))).toMatchObject({
      status: 200,
    });
    expect(inbox.list().items.some(({ title }) => title.includes(name))).toBe(true);
  };
  return { router, post, isWell };
}

const alert = (labels: Record<string, string>, more: object = {}) => JSON.stringify([{ labels, ...more }]);

it('refuses what is huge with the reason, and serves on', async () => {
  const { router, post, isWell } = await serve();
  const annotation = alert({ alertname: 'Huge' }, { annotations: { text: 'x'.repeat(10_000_000) } });
  const huge = await post('alerts', annotation);
  expect(huge.status).toBeGreaterThanOrEqual(400);
  expect(huge.status).toBeLessThan(500);
  expect(huge.text).toMatch(/65536|large/);
  const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`label_${i}`, 'value']));
  const many = await post('alerts', alert({ alertname: 'Many', ...labels }));
  expect(many).toMatchObject({ status: 400, text: expect.stringContaining('65536') });
  expect((await post('alerts', `[${'['.repeat(100_000)}`)).status).toBe(400);
  expect(router.alerts()).toEqual([]);
  await isWell();
});

it('takes text that is not valid UTF-8 with the replacement character, so that the alert is not lost', async () => {
  const { router, post, isWell } = await serve();
  const raw = Buffer.concat([
    Buffer.from('[{"labels":{"alertname":"Raw","a":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}}]'),
  ]);
  expect(await post('alerts', raw)).toMatchObject({ status: 200 });
  expect(await post('alerts', '[{"labels":{"alertname":"Half","a":"\\ud800"}}]')).toMatchObject({
    status: 200,
  });
  expect(router.alerts().map(({ labels }) => labels['a'])).toEqual(['\ufffd', '\ufffd\ufffd']);
  await isWell();
});

it('refuses one bad alert of a post with its reason, and takes the others', async () => {
  const { router, post, isWell } = await serve();
  const reply = await post(
    'alerts',
    JSON.stringify([
      { labels: { alertname: 'Good' } },
      {
        labels: { alertname: 'Backwards' },
        startsAt: '2030-01-02T00:00:00Z',
        endsAt: '2030-01-01T00:00:00Z',
      },
      { labels: {} },
      { labels: { '': 'no name' } },
    ]),
  );
  expect(reply.status).toBe(400);
  expect(reply.text).toMatch(/Backwards.*ends before it starts.*without labels.*without a name/);
  expect(router.alerts()).toMatchObject([{ labels: { alertname: 'Good' } }]);
  await isWell();
});

it.each([
  'not json',
  '',
  '{}',
  '[1]',
  '[{"labels":{"a":1}}]',
  '[{"labels":null}]',
  '[{"labels":{"__proto__":"x"}}]',
])('answers %j with 400', async (body) => {
  const { post, isWell } = await serve();
  expect((await post('alerts', body)).status).toBe(400);
  await isWell();
});

it('is not slowed by a silence whose pattern would take for ever elsewhere', async () => {
  const { router, post, isWell } = await serve();
  const silence = (value: string) =>
    JSON.stringify({
      matchers: [{ name: 'a', value, isRegex: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 60_000).toISOString(),
      createdBy: 'x',
      comment: 'x',
    });
  for (const pattern of ['(a+)+b', '(a|aa)+$', '(.*a){20}'])
    expect(await post('silences', silence(pattern))).toMatchObject({ status: 200 });
  const before = process.cpuUsage();
  expect(await post('alerts', alert({ alertname: 'Slow', a: 'a'.repeat(5000) }))).toMatchObject({
    status: 200,
  });
  expect(router.alerts()).toHaveLength(1);
  // Processor time, of which a busy machine takes no more.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(5000);
  expect(await post('silences', silence('((a{1000}){1000}){1000}'))).toMatchObject({ status: 400 });
  expect(await post('silences', silence('x'.repeat(100_000)))).toMatchObject({ status: 400 });
  await isWell();
});
