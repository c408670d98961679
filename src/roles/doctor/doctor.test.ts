import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadAlertingConfig } from '../../alerting/config/load-alerting-config.ts';
import type { DoctorCheckJson } from '../../api/skopos/doctor-contract.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { clockCheck } from './cluster-probe.ts';
import { Doctor, type Probe } from './doctor.ts';
import { listenCheck } from './listen-probe.ts';
import { partsProbe } from './parts-probe.ts';
import { receiversProbe } from './receivers-probe.ts';
import { storeProbe } from './store-probe.ts';

const signal = new AbortController().signal;
const check = (id: string, state: DoctorCheckJson['state']): DoctorCheckJson => ({
  ...{ id, title: id, state, message: '', advice: '' },
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'skopos-doctor-'));
  onTestFinished(async () => await rm(made, { recursive: true }));
  return made;
}

describe('an examination', () => {
  const probe = (id: string, run: () => Promise<readonly DoctorCheckJson[]>): Probe => ({
    id,
    title: id,
    run,
  });

  it('has the checks in the order of their probes, and the worst state of all', async () => {
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [check('slow', 'warn')];
    };
    const doctor = new Doctor({
      clock: new VirtualClock(1000),
      probes: [probe('slow', slow), probe('quick', async () => [check('quick', 'ok')])],
    });
    const found = await doctor.examine();
    expect(found.checks.map(({ id }) => id)).toEqual(['slow', 'quick']);
    expect([found.state, found.atMs]).toEqual(['warn', 1000]);
  });

  it('says that it does not know where a probe fails or does not end', async () => {
    const clock = new VirtualClock();
    const never = probe('never', () => new Promise(() => undefined));
    const broken = probe('broken', () => Promise.reject(new Error('no such door')));
    const examined = new Doctor({ clock, probes: [never, broken], timeoutMs: 3000 }).examine();
    await clock.advance(3000);
    const { checks, state } = await examined;
    expect(state).toBe('unknown');
    expect(checks.map(({ message }) => message)).toEqual(['no answer within 3 s', 'no such door']);
  });

  it('is shared by those who ask at the same time, and made anew later', async () => {
    let runs = 0;
    const clock = new VirtualClock();
    const counted = probe('counted', async () => {
      runs++;
      return [];
    });
    const doctor = new Doctor({ clock, probes: [counted] });
    await Promise.all([doctor.examine(), doctor.examine()]);
    await doctor.examine();
    expect(runs).toBe(1);
    await clock.advance(5000);
    await doctor.examine();
    expect(runs).toBe(2);
  });
});

it.each([
  [undefined, 'unknown', ''],
  [0, 'ok', ''],
  [-1900, 'ok', ''],
  [5000, 'warn', 'ours is 5s behind'],
  [-45_000, 'fail', 'ours is 45s ahead of'],
] as const)('a clock that the server is %s ms ahead of is %s', (skewMs, state, message) => {
  expect(clockCheck(skewMs)).toMatchObject({ state, message: expect.stringContaining(message) });
});

it('an address beyond this machine is well only with a token', () => {
  const remote = { listen: '0.0.0.0:9600', address: { host: '0.0.0.0', port: 9600, isLoopback: false } };
  expect(listenCheck(remote).state).toBe('fail');
  expect(listenCheck({ ...remote, token: 'x' })).toMatchObject({
    state: 'ok',
    message: 'listens on 0.0.0.0:9600; a token is asked for',
  });
});

describe('the data folder', () => {
  it('is well where it can be written or made, and nothing is left in it', async () => {
    const dir = await folder();
    for (const path of [dir, join(dir, 'a/b')])
      expect(await storeProbe({ folder: path }).run(signal)).toMatchObject([{ state: 'ok' }]);
    await expect(rm(dir, { recursive: false, force: false })).rejects.toThrow();
    expect(await storeProbe({ folder: join(dir, 'a/b') }).run(signal)).toMatchObject([
      { message: expect.stringContaining('can be made') },
    ]);
  });

  it('is not where a file stands in its place', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'file'), '');
    expect(await storeProbe({ folder: join(dir, 'file/data') }).run(signal)).toMatchObject([
      {
        state: 'fail',
        message: expect.stringContaining('cannot be written'),
        advice: expect.stringMatching(/data/),
      },
    ]);
  });

  it('is not while the chain cannot record', async () => {
    const fault = () => 'database or disk is full';
    expect(await storeProbe({ folder: await folder(), fault }).run(signal)).toMatchObject([
      { state: 'fail', message: 'database or disk is full' },
    ]);
  });
});

describe('a part of the chain', () => {
  const clock = new VirtualClock(600_000);
  const run = async (part: Parameters<typeof partsProbe>[0]['parts']) =>
    (await partsProbe({ clock, staleMs: 300_000, parts: part }).run(signal))[0];

  it.each([
    [{ state: 'ok', message: '', lastSuccessMs: 590_000 }, 'ok', 'right 10s ago'],
    [{ state: 'ok', message: '', lastSuccessMs: 100_000 }, 'warn', 'last known to be right 8m20s ago'],
    [{ state: 'degraded', message: 'cannot read Pod' }, 'warn', 'cannot read Pod'],
    [{ state: 'failed', message: 'gone' }, 'fail', 'gone'],
    [{ state: 'starting', message: '' }, 'unknown', 'has just started'],
  ] as const)('%o is %s', async (part, state, message) => {
    const found = await run(() => [{ name: 'inventory', ...part }]);
    expect(found).toMatchObject({ id: 'part:inventory', state, message: expect.stringContaining(message) });
    expect(found?.advice === '').toBe(state === 'ok');
  });
});

describe('receivers', () => {
  async function listener(): Promise<{
    port: number;
    connections: () => number;
    bytes: () => number;
    server: Server;
  }> {
    const [seen, server] = [{ connections: 0, bytes: 0 }, createServer()];
    server.on('connection', (socket) => {
      seen.connections++;
      socket.on('data', (piece) => {
        seen.bytes += piece.length;
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { port, server, connections: () => seen.connections, bytes: () => seen.bytes };
  }

  /** What the probe says of one receiver with these lines of `alertmanager.yml`. */
  async function examined(lines: string): Promise<DoctorCheckJson | undefined> {
    const text = `route: { receiver: ops }\nreceivers:\n  - name: ops\n${lines.replace(/^/gm, '    ')}\n`;
    const { receivers } = loadAlertingConfig(text, { file: 'alertmanager.yml', baseDir: '/' });
    return (await receiversProbe(() => receivers).run(signal))[0];
  }

  it('are well where a connection can be made; nothing is sent over it', async () => {
    const { port, connections, bytes } = await listener();
    const hook = await examined(`webhook_configs: [{ url: 'http://127.0.0.1:${port}/secret-path' }]`);
    expect(hook).toMatchObject({ state: 'ok', message: `127.0.0.1:${port} takes connections` });
    const mail = await examined(
      `email_configs: [{ to: a@b.c, from: d@e.f, smarthost: '127.0.0.1:${port}', require_tls: false }]`,
    );
    expect(mail?.state).toBe('ok');
    await expect.poll(connections).toBe(2);
    expect(bytes()).toBe(0);
  });

  it('are not where nobody listens, or the name is none; secrets stay hidden', async () => {
    const { port, server } = await listener();
    await new Promise((resolve) => server.close(resolve));
    const closed = await examined(`webhook_configs: [{ url: 'http://127.0.0.1:${port}/secret-path' }]`);
    expect(closed).toMatchObject({ state: 'fail', advice: expect.stringContaining('network policies') });
    expect(closed?.message).toBe(`cannot connect to 127.0.0.1:${port}: it refuses connections`);
    expect(JSON.stringify(closed)).not.toContain('secret-path');
  });

  it('are reached by their proxy, which is said', async () => {
    const { port } = await listener();
    const found = await examined(
      `webhook_configs: [{ url: 'https://hooks.example.org/', http_config: { proxy_url: 'http://127.0.0.1:${port}' } }]`,
    );
    expect(found).toMatchObject({ state: 'ok', message: `its proxy 127.0.0.1:${port} takes connections` });
  });

  it('read the address from its file, and say when that is not there', async () => {
    const { port } = await listener();
    const dir = await folder();
    await writeFile(join(dir, 'url'), `http://127.0.0.1:${port}/x\n`);
    expect(await examined(`webhook_configs: [{ url_file: ${join(dir, 'url')} }]`)).toMatchObject({
      state: 'ok',
    });
    expect(await examined(`webhook_configs: [{ url_file: ${join(dir, 'none')} }]`)).toMatchObject({
      state: 'fail',
      message: expect.stringMatching(/none.*ENOENT/),
    });
  });

  it('are unknown where only sending shows the address, and warn where there is none', async () => {
    const sns = await examined(
      `sns_configs: [{ topic_arn: 'arn:aws:sns:eu-west-1:1:t', sigv4: { region: eu-west-1 } }]`,
    );
    expect(sns).toMatchObject({ state: 'unknown', advice: expect.stringContaining('skopos drill') });
    expect(await examined('')).toMatchObject({ state: 'warn' });
  });

  it('have the worst state of their integrations, each of which is listed', async () => {
    const { port } = await listener();
    const { port: closed, server } = await listener();
    await new Promise((resolve) => server.close(resolve));
    const found = await examined(
      `webhook_configs: [{ url: 'http://127.0.0.1:${port}/' }, { url: 'http://127.0.0.1:${closed}/' }]`,
    );
    expect(found?.state).toBe('fail');
    expect(found?.items?.map(({ name, state }) => [name, state])).toEqual([
      ['webhook[0]', 'ok'],
      ['webhook[1]', 'fail'],
    ]);
  });
});
