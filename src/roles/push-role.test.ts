import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../test/support/property-seed.ts';
import { openPush } from '../../test/support/push-server.ts';
import { parseText } from '../scrape/text/parse-text.ts';
import { crc32c } from '../tsdb/crc32c.ts';
import { packSnappy } from '../wire/snappy.ts';

const protobufType =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/** One frame of Snappy's framing format. */
function framed(bytes: Buffer): Buffer {
  const packed = packSnappy(bytes);
  const head = Buffer.alloc(8);
  head.writeUIntLE(packed.length + 4, 1, 3);
  const crc = crc32c(bytes) >>> 0;
  head.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0, 4);
  return Buffer.concat([Buffer.from('\xff\x06\x00\x00sNaPpY', 'latin1'), head, packed]);
}

describe('the role push', () => {
  it('writes a push into the store at once, wakes rules with what changed, and ends what is gone', async () => {
    const { send, value, woken, rows, clock, role } = openPush();
    await send('PUT', '/metrics/job/backup', 'a 1\nb 2\n');
    expect([value('a'), value('b')]).toEqual([1, 2]);
    expect(rows[0]).toMatchObject({ hop: 'series', decision: 'written', detail: { kind: 'push' } });
    await clock.advance(1000);
    woken.length = 0;
    await send('PUT', '/metrics/job/backup', 'a 3\n');
    expect([value('a'), value('b')]).toEqual([3, 'stale']);
    const times = ['push_time_seconds'];
    expect(woken.map((labels) => labels['__name__']).sort()).toEqual(['a', 'b', ...times]);
    await clock.advance(15_000);
    await role.round();
    expect([value('a'), value('b')]).toEqual([3, 'stale']);
    await send('DELETE', '/metrics/job/backup');
    expect([value('a'), value('push_time_seconds')]).toEqual(['stale', 'stale']);
  });

  it('keeps two pushes of one millisecond apart', async () => {
    const { send, value } = openPush();
    for (let i = 0; i < 5; i++) await send('PUT', '/metrics/job/j', i % 2 === 0 ? `a ${i}\n` : '');
    expect(value('a')).toBe(4);
  });

  it('has after a restart what was there before', async () => {
    const first = openPush();
    const body =
      '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_sum -0\nh_count 2\n# HELP s Of it.\n# TYPE s summary\ns{quantile="0.5"} NaN\ns_sum +Inf\n';
    await first.send('PUT', '/metrics/job/j/instance/i?ttl=1h', body);
    await first.send('POST', '/metrics/job/other', 'x 1\n');
    await first.send('DELETE', '/metrics/job/other');
    const shown = (await first.send('GET', '/metrics/push')).body;
    first.close();
    const second = openPush({}, first.folder);
    expect((await second.send('GET', '/metrics/push')).body).toBe(shown);
    expect(second.value('h_count')).toBe(2);
    expect((await second.send('POST', '/metrics/job/j2', 'h_count{job="j"} 1\n')).statusCode).toBe(400);
    expect(second.role.staleSeries().samples).toHaveLength(1);
  });

  it('ends the series of a group whose time is over, until it is pushed anew', async () => {
    const { send, value, clock, role } = openPush({ time_to_live: '1h' });
    await send('PUT', '/metrics/job/short?ttl=1m', 'a 1\nb 1\n');
    await send('PUT', '/metrics/job/long', 'c 1\n');
    const stale = () => role.staleSeries().samples.map(({ labels, value: is }) => `${labels['job']} ${is}`);
    expect(stale()).toEqual(['long 0', 'short 0']);
    await clock.advance(61_000);
    await role.round();
    expect(stale()).toEqual(['long 0', 'short 1']);
    expect([value('a'), value('c')]).toEqual(['stale', 1]);
    expect((await send('GET', '/metrics/push')).body).not.toMatch(/^a/m);
    await send('POST', '/metrics/job/short?ttl=1m', 'b 2\n');
    expect(stale()).toEqual(['long 0', 'short 0']);
    expect([value('a'), value('b')]).toEqual(['stale', 2]);
    expect((await send('POST', '/metrics/job/short?ttl=soon', 'a 2\n')).body).toContain(
      'expected a duration',
    );
  });

  it('reads bodies packed by gzip and snappy, and says so when they are not', async () => {
    const { send, value } = openPush();
    const as = (encoding: string) => ({ 'content-encoding': encoding });
    expect((await send('PUT', '/metrics/job/1', gzipSync('a 1\n'), as('gzip'))).statusCode).toBe(200);
    expect((await send('PUT', '/metrics/job/2', framed(Buffer.from('b 2\n')), as('snappy'))).statusCode).toBe(
      200,
    );
    expect(
      (await send('PUT', '/metrics/job/3', packSnappy(Buffer.from('c 3\n')), as('snappy'))).statusCode,
    ).toBe(200);
    expect([value('a'), value('b'), value('c')]).toEqual([1, 2, 3]);
    const damaged = framed(Buffer.from('b 2\n'));
    damaged.writeUInt8(0, 14);
    expect((await send('PUT', '/metrics/job/4', damaged, as('snappy'))).body).toContain('checksum');
    expect((await send('PUT', '/metrics/job/4', 'a 1\n', as('gzip'))).statusCode).toBe(400);
    expect((await send('PUT', '/metrics/job/4', 'a 1\n', as('br'))).statusCode).toBe(415);
  });

  it('refuses 50 MB, 50 MB packed small, too many groups and too many series, and goes on', async () => {
    const { send, role } = openPush({ max_body: '1MiB', max_groups: 2, max_series: 20 });
    const large = Buffer.alloc(50 << 20, 'a 1\n');
    expect((await send('PUT', '/metrics/job/a', large)).statusCode).toBe(413);
    const packed = gzipSync(large);
    expect(packed.length).toBeLessThan(1 << 20);
    expect((await send('PUT', '/metrics/job/a', packed, { 'content-encoding': 'gzip' })).statusCode).toBe(
      413,
    );
    const many = Array.from({ length: 30 }, (_, i) => `m{i="${i}"} 1\n`).join('');
    expect((await send('PUT', '/metrics/job/a', many)).body).toContain('push.max_series');
    expect((await send('PUT', '/metrics/job/a', 'a 1\n')).statusCode).toBe(200);
    expect((await send('PUT', '/metrics/job/b', 'a 1\n')).statusCode).toBe(200);
    expect((await send('PUT', '/metrics/job/c', 'a 1\n')).body).toContain('push.max_groups');
    expect([role.groups.size, role.groups.series]).toEqual([2, 6]);
  });

  it('refuses the names that rules believe, and what clashes; the group says that a push failed', async () => {
    const { send, value, answers } = openPush();
    for (const name of ['skopos_new_finding', 'up', 'ALERTS', 'kubescape_controls_total'])
      expect((await send('POST', '/metrics/job/j', `${name} 1\n`)).body).toContain('written by Skopos alone');
    await send('POST', '/metrics/job/j', '# TYPE x counter\nx 1\n');
    expect((await send('POST', '/metrics/job/k', '# TYPE x gauge\nx 1\n')).body).toBe(
      'pushed metrics are invalid or inconsistent with existing metrics: metric "x" is a gauge, but other groups have it as a counter\n',
    );
    expect((await send('POST', '/metrics/job/k', '# TYPE x summary\nx_count 1\n')).statusCode).toBe(400);
    expect(value('push_failure_time_seconds')).toBeGreaterThan(0);
    expect(answers.filter((one) => one === 'POST 400')).toHaveLength(6);
  });

  it('may be told to take another type when nobody else has the old one', async () => {
    const { send } = openPush();
    await send('POST', '/metrics/job/j', '# TYPE x counter\nx 1\n');
    expect((await send('POST', '/metrics/job/j', '# TYPE x gauge\nx 1\n')).statusCode).toBe(200);
    await send('PUT', '/metrics/job/j', '# TYPE y histogram\ny_count 1\n');
    expect((await send('PUT', '/metrics/job/j', 'y_count 1\n')).statusCode).toBe(200);
    expect((await send('POST', '/metrics/job/j', '# TYPE y histogram\ny_count 1\n')).statusCode).toBe(400);
  });

  it('takes names of any UTF-8 where it may, and gives them back as they came', async () => {
    const body = '# TYPE "http.wait" gauge\n{"http.wait","région"="x"} 2\n';
    const refused = await openPush().send('PUT', '/metrics/job/j', body);
    expect([refused.statusCode, refused.body]).toEqual([
      400,
      expect.stringContaining('"http.wait" is no name'),
    ]);
    const { send, value } = openPush({ utf8_names: true });
    expect((await send('PUT', '/metrics/job/j', body)).statusCode).toBe(200);
    expect(value('http.wait')).toBe(2);
    const shown = (await send('GET', '/metrics/push')).body;
    expect(shown).toContain('# TYPE "http.wait" gauge\n');
    expect(parseText(shown).find(({ name }) => name === 'http.wait')?.samples).toMatchObject([
      { value: 2, labels: expect.arrayContaining([['région', 'x']]) },
    ]);
  });

  it('takes large pushes whole, and one after the other', async () => {
    const { send, value, role, folder, close } = openPush();
    const large = (value: number) =>
      Array.from({ length: 1000 }, (_, i) => `m{i="${i}"} ${value}\n`).join('');
    const answers = Promise.all([
      send('PUT', '/metrics/job/j', large(1)),
      send('PUT', '/metrics/job/j', large(2)),
      send('POST', '/metrics/job/j', 'n 3\n'),
    ]);
    expect((await answers).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect([value('m'), value('n'), role.groups.series]).toEqual([2, 3, 1003]);
    expect((await send('PUT', '/metrics/job/j', `${large(4)}m{i="7"} 5\n`)).statusCode).toBe(400);
    expect([value('m'), value('n')]).toEqual([2, 3]);
    close();
    const again = openPush({}, folder);
    expect([again.value('m'), again.value('n')]).toEqual([2, 3]);
  });

  it('refuses a push while too much waits already', async () => {
    const { send, role } = openPush({ max_body: '20KiB' });
    const text = Array.from({ length: 1500 }, (_, i) => `m{i="${i}"} 1\n`).join('');
    const body = Buffer.from(text);
    // All at once, without a server that takes turns with them.
    const pushes = Array.from({ length: 40 }, (_, i) =>
      role.push({ labels: { job: `${i}` }, body, form: 'text', mode: 'replace' }),
    );
    const refused = (await Promise.allSettled(pushes)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(40 - Math.floor((8 * 20 * 1024) / body.length));
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
    expect((await send('PUT', '/metrics/job/x', text)).statusCode).toBe(200);
  });

  it('wipes nothing unless it may', async () => {
    const closed = openPush();
    expect((await closed.send('PUT', '/api/v1/admin/wipe')).statusCode).toBe(404);
    const { send, role, value } = openPush({ admin_api: true });
    await send('PUT', '/metrics/job/j', 'a 1\n');
    expect((await send('PUT', '/api/v1/admin/wipe')).statusCode).toBe(202);
    expect([role.groups.size, role.groups.series, value('a')]).toEqual([0, 0, 'stale']);
  });

  it('tells of itself at /api/v1/status', async () => {
    const { send } = openPush();
    expect(JSON.parse((await send('GET', '/api/v1/status')).body)).toMatchObject({
      status: 'success',
      data: { flags: { 'web.enable-admin-api': 'false' }, start_time: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('gives back every push as it came', async () => {
    const name = fc.stringMatching(/^[a-z]{1,4}_x$/);
    const label = fc.stringMatching(/^[a-z]{1,3}$/).filter((one) => !['job', 'le'].includes(one));
    const sample = fc.record({
      labels: fc.dictionary(label, fc.string({ unit: 'grapheme' }), { maxKeys: 3 }),
      value: fc.double(),
    });
    const quoted = (text: string) =>
      text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    const { send } = openPush();
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, sample, { maxKeys: 6 }), async (metrics) => {
        const lines = Object.entries(metrics).map(([of, { labels, value }]) => {
          const pairs = Object.entries(labels).map(([key, text]) => `${key}="${quoted(text)}"`);
          return `${of}{${pairs.join(',')}} ${Object.is(value, -0) ? '-0' : value}\n`;
        });
        const pushed = await send('PUT', '/metrics/job/j', lines.join(''));
        expect(pushed.statusCode).toBe(200);
        const read = parseText((await send('GET', '/metrics/push')).body)
          .filter((family) => !family.name.startsWith('push_'))
          .flatMap(({ samples }) =>
            samples.map((one) => [one.name, Object.fromEntries(one.labels), one.value + 0]),
          );
        const wanted = Object.entries(metrics)
          .map(([of, { labels, value }]) => [of, { instance: '', ...labels, job: 'j' }, value + 0] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1));
        expect(read).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('answers every body with 200 or 400, and is whole afterwards', async () => {
    const { send, role } = openPush();
    const text = fc.array(
      fc.constantFrom(
        '# TYPE ',
        '# HELP ',
        'h',
        '_bucket',
        '{le="',
        '1',
        '"}',
        ' ',
        '\n',
        ' histogram\n',
        ' summary\n',
        '__proto__',
        ' NaN',
        '{',
      ),
      { maxLength: 40 },
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      text.map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.boolean(),
        fc.constantFrom('', 'gzip', 'snappy'),
        async (payload, isProto, encoding) => {
          const answer = await send('POST', '/metrics/job/j', payload, {
            'content-type': isProto ? protobufType : 'text/plain',
            'content-encoding': encoding,
          });
          expect([200, 400]).toContain(answer.statusCode);
        },
      ),
      { numRuns: 200 },
    );
    expect((await send('GET', '/metrics/push')).statusCode).toBe(200);
    await send('DELETE', '/metrics/job/j');
    expect([role.groups.size, role.groups.series]).toEqual([0, 0]);
  });
});
