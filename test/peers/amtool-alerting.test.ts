import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { AlertRouter } from '../../src/alerting/alert-router.ts';
import { loadAlertingConfig } from '../../src/alerting/config/load-alerting-config.ts';
import { InboxStore } from '../../src/alerting/inbox-store.ts';
import { parseMatcher } from '../../src/alerting/parse-matchers.ts';
import { alertmanagerRoutes } from '../../src/api/alertmanager/routes.ts';
import { createServer } from '../../src/http/server.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { openDatabase } from '../../src/store/open.ts';
import { Registry } from '../../src/telemetry/registry.ts';

const hasAmtool = spawnSync('amtool', ['--version']).status === 0;

const config = `route:
  receiver: inbox
  group_by: [alertname]
  group_wait: 0s
  routes:
    - matchers: [team="db"]
      receiver: dba
receivers:
  - name: inbox
    inbox_configs: [{}]
  - name: dba
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
  const amtool = async (...args: string[]) =>
    (await promisify(execFile)('amtool', [`--alertmanager.url=${url}`, ...args])).stdout.trim();
  return { amtool, inbox, router };
}

it.skipIf(!hasAmtool)('lets amtool add and query alerts, silence them and end the silence', async () => {
  const { amtool, inbox } = await serve();
  await amtool('alert', 'add', 'Down', 'team=db', '--annotation=summary=it is down');
  expect(inbox.list().items).toMatchObject([{ receiver: 'dba', title: '[FIRING:1] Down' }]);
  expect(await amtool('alert', 'query', '-o', 'simple', 'team="db"')).toContain('it is down');
  expect(await amtool('alert', 'query', '-o', 'simple', 'team="web"')).not.toContain('it is down');

  const id = await amtool(
    'silence',
    'add',
    'alertname=Down',
    '--comment=upgrade',
    '--duration=1h',
    '--author=me',
  );
  expect(await amtool('silence', 'query', '-q')).toBe(id);
  expect(await amtool('alert', 'query', '-o', 'simple')).not.toContain('it is down');
  expect(await amtool('alert', 'query', '-o', 'simple', '--silenced')).toContain('it is down');
  await amtool('silence', 'expire', id);
  expect(await amtool('silence', 'query', '-q')).toBe('');
  expect(await amtool('alert', 'query', '-o', 'simple')).toContain('it is down');
});

it.skipIf(!hasAmtool)('lets amtool show the configuration and try its routes', async () => {
  const { amtool } = await serve();
  expect(await amtool('config', 'show')).toContain('receiver: inbox');
  expect(await amtool('config', 'routes', 'test', 'team=db')).toBe('dba');
  expect(await amtool('config', 'routes', 'test', 'team=web')).toBe('inbox');
  expect(await amtool('config', 'routes', 'show')).toContain('{team="db"}');
  expect(await amtool('cluster', 'show')).toContain('disabled');
});

it.skipIf(!hasAmtool)(
  'lets amtool update silences, import many of them, and query alerts and silences in every form',
  async () => {
    const { amtool, router } = await serve();
    await amtool(
      'alert',
      'add',
      'Down',
      'team=db',
      'env=prod',
      '--annotation=summary=one',
      '--generator-url=http://p/graph',
    );
    await amtool('alert', 'add', 'Down', 'team=web', 'env=prod', '--start=2020-01-01T00:00:00Z');
    await amtool(
      'alert',
      'add',
      'Gone',
      'team=web',
      '--end=2020-01-01T00:00:00Z',
      '--start=2019-01-01T00:00:00Z',
    );
    expect((await amtool('alert', 'query', '-o', 'json', 'Down')).match(/"fingerprint"/g)).toHaveLength(2);
    expect(await amtool('alert', 'query', '-o', 'extended', 'team=~"d.*"', 'env!="test"')).toContain('one');
    expect(await amtool('alert', 'query', '-r', 'dba', '-o', 'simple')).not.toContain('web');
    expect(await amtool('alert', 'query', 'Gone', '-o', 'json')).toBe('[]');

    const id = await amtool(
      'silence',
      'add',
      'team=db',
      'env=~"prod|live"',
      '--comment=a',
      '--duration=1h',
      '--author=me',
    );
    expect(await amtool('silence', 'query', '-o', 'extended')).toContain('env=~"prod|live"');
    await amtool('silence', 'update', '--duration=3h', '--comment=longer', id);
    const [longer] = router.silences.list().filter(({ state }) => state === 'active');
    expect(longer).toMatchObject({ comment: 'longer' });
    expect(longer?.endsAtMs).toBeGreaterThan(Date.now() + 2.9 * 3_600_000);

    const dir = mkdtempSync(join(tmpdir(), 'skopos-amtool-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, 'silences.json');
    writeFileSync(file, await amtool('silence', 'query', '-o', 'json'));
    await amtool('silence', 'expire', ...(await amtool('silence', 'query', '-q')).split('\n'));
    expect(await amtool('silence', 'query', '-q')).toBe('');
    await amtool('silence', 'import', '--force', file);
    expect(await amtool('silence', 'query', '-q')).not.toBe('');
    expect(await amtool('silence', 'query', '--expired', '-q')).not.toBe('');
    expect(await amtool('silence', 'query', 'team=web', '-q')).toBe('');
  },
);
