import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch as fetchWith } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNodeTree } from '../../../test/support/node-tree.ts';
import { renewed } from '../../admission/certificates.ts';
import { nodeSettings } from './node-settings.ts';
import { flagsOf, type RunningNode, startNode } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'node-agent-'));
const tree = writeNodeTree(join(folder, 'tree'));
const paths = { 'path.procfs': tree.procfs, 'path.sysfs': tree.sysfs, 'path.udev.data': tree.udevData };
const running: RunningNode[] = [];
afterAll(async () => {
  for (const node of running) await node.stop();
  rmSync(folder, { recursive: true });
});

async function started(given: Readonly<Record<string, string | boolean>>): Promise<RunningNode> {
  const node = await startNode({ ...paths, ...given });
  running.push(node);
  return node;
}

describe('the process on a node', () => {
  let node: RunningNode;
  beforeAll(async () => {
    node = await started({ 'collector.zfs': false });
  });
  const get = async (path: string, init: RequestInit = {}) => {
    const reply = await fetch(`${node.url}${path}`, init);
    return { status: reply.status, type: reply.headers.get('content-type') ?? '', text: await reply.text() };
  };

  it('tells of the machine, and of itself', async () => {
    const { status, type, text } = await get('/metrics');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    for (const line of [
      '# TYPE node_load1 gauge\nnode_load1 0.51\n',
      'node_cpu_seconds_total{cpu="0",mode="iowait"} 0.3\n',
      'node_scrape_collector_success{collector="loadavg"} 1\n',
      'process_resident_memory_bytes ',
      'node_exporter_build_info{version="',
    ])
      expect(text).toContain(line);
    expect(text).not.toContain('node_zfs_');
    // Each name once, so that any parser takes it.
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('tells only of the collectors that are asked for', async () => {
    const some = await get('/metrics?collect[]=loadavg&collect[]=cpu');
    expect(some.text).toContain('node_load1');
    expect(some.text).not.toContain('node_memory_');
    const others = await get('/metrics?exclude[]=loadavg');
    expect(others.text).toContain('node_memory_');
    expect(others.text).not.toContain('node_load1 ');
  });

  it.each([
    ['/metrics?collect[]=nonsense', 400, 'there is no collector \\"nonsense\\" here'],
    ['/metrics?collect[]=zfs', 400, 'or it is disabled'],
    ['/metrics?collect[]=cpu&exclude[]=cpu', 400, 'cannot be given together'],
    ['/nothing', 404, 'there is nothing here'],
    ['/-/healthy', 200, 'OK'],
    ['/metrics/cadvisor', 200, 'collector="machine"'],
  ])('answers %s with %i', async (path, status, text) => {
    const reply = await get(path);
    expect(reply.status).toBe(status);
    expect(reply.text).toContain(text);
  });

  it('takes GET alone, and on loopback only requests for loopback', async () => {
    expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
    expect((await get('/metrics', { method: 'HEAD' })).text).toBe('');
    const status = await new Promise((resolve, reject) =>
      request(`${node.url}/metrics`, { headers: { host: 'rebound.example.org' } }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      })
        .on('error', reject)
        .end(),
    );
    expect(status).toBe(421);
  });
});

it('asks for the token that its file has now, but for its health', async () => {
  const file = join(folder, 'token');
  writeFileSync(file, 'first\n');
  const node = await started({ 'token-file': file });
  const status = async (path: string, token?: string) =>
    (
      await fetch(
        `${node.url}${path}`,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
      )
    ).status;
  expect(await status('/metrics')).toBe(401);
  expect(await status('/metrics/cadvisor', 'other')).toBe(401);
  expect(await status('/host/facts')).toBe(401);
  expect(await status('/-/healthy')).toBe(200);
  expect(await status('/metrics?collect[]=loadavg', 'first')).toBe(200);
  writeFileSync(file, 'second');
  await expect.poll(() => status('/metrics?collect[]=loadavg', 'second')).toBe(200);
  expect(await status('/metrics', 'first')).toBe(401);
  // A file that is gone for a moment locks nobody out.
  rmSync(file);
  expect(await status('/metrics?collect[]=loadavg', 'second')).toBe(200);
  expect(node.lines.join('')).not.toMatch(/first|second/);
});

it('speaks https', async () => {
  const year = 365 * 86_400_000;
  const terms = { names: ['127.0.0.1'], validityMs: year, caValidityMs: year, settleMs: 0 };
  const { serving, authorities } = await renewed(undefined, terms, Date.now());
  const files = { 'tls-cert-file': join(folder, 'tls.crt'), 'tls-key-file': join(folder, 'tls.key') };
  writeFileSync(files['tls-cert-file'], serving.cert);
  writeFileSync(files['tls-key-file'], serving.key);
  const node = await started(files);
  const ca = authorities.map(({ cert }) => cert);
  const reply = await fetchWith(`${node.url}/-/healthy`, {
    dispatcher: new Agent({ connect: { ca, checkServerIdentity: () => undefined } }),
  });
  expect(reply.status).toBe(200);
});

it.each([
  [{ 'web.listen-address': '0.0.0.0:9100' }, /can be reached from other machines/],
  [{ 'web.listen-address': ':9100' }, /every address can be reached/],
  [{ 'web.listen-address': 'nine' }, /is not host:port/],
  [{ 'tls-cert-file': '/x' }, /needs both/],
  [
    { 'collector.diskstats.device-exclude': '(' },
    /--collector\.diskstats\.device-exclude: bad regular expression/,
  ],
  [{ 'web.max-requests': 'none' }, /is not a number over 0/],
])('refuses %j', (given, problem) => {
  expect(() => nodeSettings(flagsOf(given as Record<string, string>), '/')).toThrow(problem);
});

it('runs the collectors that are asked for, and knows which devices are wanted', () => {
  const some = nodeSettings(flagsOf({ 'collector.disable-defaults': true, 'collector.cpu': true }), '/');
  expect([...some.enabled]).toEqual(['cpu']);
  const { options } = nodeSettings(flagsOf({ 'collector.diskstats.device-include': '^sda' }), '/');
  expect(options.diskDevices.include?.finds('sda1')).toBe(true);
  expect(options.diskDevices.exclude).toBeUndefined();
});

it('says what keeps it from starting', async () => {
  await expect(started({ 'token-file': join(folder, 'nowhere') })).rejects.toThrow(
    /--token-file cannot be read/,
  );
  const { url } = await started({});
  await expect(started({ 'web.listen-address': url.slice(7) })).rejects.toThrow(
    /cannot listen on 127\.0\.0\.1/,
  );
});
