import { spawn, spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { parseText } from '../../src/scrape/text/parse-text.ts';
import { openPush } from '../support/push-server.ts';

interface Push {
  readonly method: 'PUT' | 'POST' | 'DELETE' | 'GET' | 'PATCH';
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

const put = (path: string, body: string | Buffer = '', headers = {}): Push => ({
  method: 'PUT',
  path,
  body,
  headers,
});
const post = (path: string, body: string | Buffer = '', headers = {}): Push => ({
  method: 'POST',
  path,
  body,
  headers,
});
const del = (path: string): Push => ({ method: 'DELETE', path });

const histogram =
  '# HELP h Of \\\\ lines\\n.\n# TYPE h histogram\nh_bucket{le="0.5",x="1"} 2\nh_bucket{le="5",x="1"} 3\nh_sum{x="1"} 3.25\nh_count{x="1"} 4\n';
const summary = '# TYPE s summary\ns{quantile="0.5"} 1.5\ns{quantile="0.99"} NaN\ns_sum 1e9\ns_count 2\n';

/** One after the other on both sides: answers must be alike after each, and what is there after all. */
const requests: readonly Push[] = [
  put('/metrics/job/j1', `# TYPE a counter\na{x="1"} 1000000\n${histogram}${summary}push_time_seconds 7\n`),
  post('/metrics/job/j2', '# TYPE a gauge\na 1\n'),
  post('/metrics/job/j3', 'a 1 123\n'),
  post('/metrics/job/j4', 'a{ 1\n'),
  post('/metrics/job/j5', 'b 1'),
  post('/metrics/job/x/y'),
  post('/metrics/job/x/__y/z'),
  post('/metrics/job/x/y-/z'),
  post('/metrics/job@base64/='),
  post('/metrics/job@base64/L3Zhcg', 'c 2\n'),
  post('/metrics/job@base64/L3Zhcg==/dir@base64/w6Q_/empty@base64/=', 'c 3\n'),
  post('/metrics/job@base64/*'),
  post('/metrics/job/x/y/'),
  post('/metrics/job/a%2Fb'),
  post('/metrics/job/%C3%A4%20b', 'c 5\n'),
  post('/metrics/job/j6', 'b{__y="1"} 1\n'),
  post('/metrics/job/j7', 'b 1\nb 1\n'),
  post('/metrics/job/j8', 'h_count 1\n'),
  post('/metrics/job/j9', 'b{instance="q",job="other"} 1\n'),
  post('/metrics/job/j9/instance/q', 'b 1\n'),
  post('/metrics/job/j9/job/other', 'd 1\n'),
  put('/metrics/job/j12', 'e 1\nf 1\n'),
  put('/metrics/job/j12', 'f 2\n'),
  post('/metrics/job/j12', 'g 3\n'),
  post('/metrics/job/j12', '# TYPE g counter\ng 4\n'),
  post('/metrics/job/j13', 'k 1\n'),
  put('/metrics/job/j13'),
  post('/metrics/job/j14', 'm 1\n'),
  del('/metrics/job/j14'),
  del('/metrics/job/none'),
  del('/metrics/job/x/odd'),
  post('/metrics/job/j15', 'n -Inf\no +Inf\np 1e-7\n# a comment\n\n# TYPE q gauge\n'),
  post('/metrics/job/zip', gzipSync('z 1\n'), { 'content-encoding': 'gzip' }),
  post('/metrics/job/zip2', 'z 1\n', { 'content-encoding': 'gzip' }),
  post('/metrics/job/proto', protobufPush(), {
    'content-type':
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  }),
  post('/metrics/job/proto2', Buffer.from([5, 1]), {
    'content-type':
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  }),
  post('/metrics/job/form', 'r{l="a\\"b\\\\c\\nd"} 1\n', {
    'content-type': 'application/x-www-form-urlencoded',
  }),
  { method: 'GET', path: '/metrics/job/j1' },
  { method: 'PATCH', path: '/metrics/job/j1' },
  post('/metrics/job/j16', '# HELP a Other words.\n# TYPE a counter\na 3\n'),
];

/** A gauge with a label, and a histogram. */
function protobufPush(): Buffer {
  const label = '\x0a\x06\x0a\x01l\x12\x01v';
  const gauge = Buffer.concat([Buffer.from(`${label}\x12\x09\x09`, 'latin1'), doubleOf(2.5)]);
  const family = Buffer.concat([
    Buffer.from('\x0a\x02pg\x12\x04help\x18\x01\x22', 'latin1'),
    Buffer.from([gauge.length]),
    gauge,
  ]);
  const bucket = Buffer.concat([Buffer.from('\x08\x02\x11', 'latin1'), doubleOf(1)]);
  const histogramOf = Buffer.concat([
    Buffer.from('\x08\x03\x11', 'latin1'),
    doubleOf(4.5),
    Buffer.from([0x1a, bucket.length]),
    bucket,
  ]);
  const metric = Buffer.concat([Buffer.from([0x3a, histogramOf.length]), histogramOf]);
  const second = Buffer.concat([
    Buffer.from('\x0a\x02ph\x18\x04\x22', 'latin1'),
    Buffer.from([metric.length]),
    metric,
  ]);
  return Buffer.concat([Buffer.from([family.length]), family, Buffer.from([second.length]), second]);
}

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startPeer(): Promise<string> {
  const port = await freePort();
  const peer = spawn(
    'prometheus-pushgateway',
    [`--web.listen-address=127.0.0.1:${port}`, '--web.enable-admin-api', '--persistence.file='],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => peer.once('close', resolve));
  onTestFinished(async () => {
    peer.kill('SIGKILL');
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(`${url}/-/ready`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return url;
    await pause(100);
  }
  throw new Error('prometheus-pushgateway does not answer');
}

/** Families by name, samples in order, times as whether there is one; what the Pushgateway says of itself is left out. */
function seriesOf(text: string) {
  return parseText(text)
    .filter(({ name }) => !/^(?:go_|process_|promhttp_|pushgateway_)/.test(name))
    .map(({ name, type, help, samples }) => ({
      ...{ name, type },
      // Two groups have other words for `a`, and the Pushgateway shows those of either, now this way and now that.
      help: name === 'a' || name.startsWith('push_') ? '' : (help ?? ''),
      samples: samples
        .map(({ name: of, labels, value }) => {
          const shown = [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join('='));
          return `${of} ${shown.join(',')} ${name.startsWith('push_') ? value > 0 : value}`;
        })
        .sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Group = Record<string, { help?: string; time_stamp?: string; metrics?: { value?: string }[] }> & {
  readonly labels: Record<string, string>;
};

/** `/api/v1/metrics` without what differs by the time. */
function groupsOf(text: string) {
  const { data, ...rest } = JSON.parse(text) as { readonly data: Group[] };
  for (const group of data) for (const [name, family] of Object.entries(group)) timeless(name, family);
  const key = ({ labels }: Group) => JSON.stringify(Object.entries(labels).sort());
  return { ...rest, data: data.sort((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

function timeless(name: string, family: Group[string]): void {
  if (family.time_stamp === undefined) return;
  family.time_stamp = '';
  if (!name.startsWith('push_')) return;
  family.help = '';
  for (const metric of family.metrics ?? []) metric.value = Number(metric.value) > 0 ? 'some time' : '0';
}

it.skipIf(spawnSync('prometheus-pushgateway', ['--version']).status !== 0)(
  'answers the same requests as prometheus-pushgateway (skipped where it is not installed)',
  async () => {
    const url = await startPeer();
    const { send } = openPush({ admin_api: true });
    const theirs: string[] = [];
    const ours: string[] = [];
    for (const { method, path, body = '', headers = {} } of requests) {
      const answer = await fetch(url + path, {
        ...{ method, headers },
        ...(method === 'GET' || body.length === 0 ? {} : { body: body as string }),
      });
      await answer.text();
      theirs.push(`${method} ${path} ${answer.status}`);
      ours.push(`${method} ${path} ${(await send(method, path, body, headers)).statusCode}`);
    }
    expect(ours).toEqual(theirs);

    const theirText = await (await fetch(`${url}/metrics`)).text();
    expect(seriesOf(theirText).length).toBeGreaterThan(10);
    expect(seriesOf((await send('GET', '/metrics/push')).body)).toEqual(seriesOf(theirText));
    const theirJson = await (await fetch(`${url}/api/v1/metrics`)).text();
    expect(groupsOf((await send('GET', '/api/v1/metrics')).body)).toEqual(groupsOf(theirJson));

    const wiped = await fetch(`${url}/api/v1/admin/wipe`, { method: 'PUT' });
    expect((await send('PUT', '/api/v1/admin/wipe')).statusCode).toBe(wiped.status);
    const after = await (await fetch(`${url}/metrics`)).text();
    expect(seriesOf((await send('GET', '/metrics/push')).body)).toEqual(seriesOf(after));
  },
  120_000,
);
