import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { watchCommand } from './watch.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const watch = (args: readonly string[]) => runCli(watchCommand, ['watch', ...args], process.cwd());

const rows = [
  {
    id: 1,
    hop: 'change',
    subject: 'apps/Deployment/shop/cart',
    decision: 'seen',
    detail: { object: 'Deployment shop/cart' },
  },
  {
    id: 2,
    hop: 'verdict',
    subject: 'C-0057:apps/Deployment/shop/cart',
    decision: 'fail',
    detail: { control: 'C-0057', object: 'Deployment shop/cart', before: 'pass' },
  },
  { id: 3, hop: 'series', subject: '{}', decision: 'written', detail: {} },
].map((row) => ({ ...row, cause: 'a', atMs: 1_800_000_000_000 + row.id * 10 }));
const other = { ...rows[0], id: 4, cause: 'b', subject: '/Pod/bank/x', detail: { object: 'Pod bank/x' } };

/** Sends the events in pieces that end anywhere. */
async function serve(events: readonly object[]): Promise<string> {
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url?.includes('live-feed')) {
      response.end('{"items":[]}');
      return;
    }
    open.add(response);
    const text = events
      .map((row) => `event: ledger\ndata: ${JSON.stringify(row)}\n\n`)
      .join(': still here\n\n');
    const middle = Math.floor(text.length / 2);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`retry: 2000\n\nevent: hello\ndata: {}\n\n${text.slice(0, middle)}`);
    setTimeout(() => response.write(text.slice(middle)), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('tells of changes and their verdicts with the time since, and leaves the other hops out', async () => {
  const url = await serve([...rows, other]);
  const { out } = await watch(['--url', url, '--limit', '3']);
  const lines = out.trim().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/change\s+seen\s+Deployment shop\/cart/);
  expect(lines[1]).toMatch(/\+10ms\s+verdict\s+fail\s+C-0057 · Deployment shop\/cart.*was pass/);
  expect(lines[2]).toMatch(/Pod bank\/x/);
});

it('prints rows as JSON, of the namespaces that are asked for', async () => {
  const url = await serve([other, ...rows]);
  const { out } = await watch(['--url', url, '-o', 'json', '--all-hops', '-n', 'shop', '--limit', '3']);
  const told = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { hop: string; afterMs: number });
  expect(told.map(({ hop, afterMs }) => [hop, afterMs])).toEqual([
    ['change', 0],
    ['verdict', 10],
    ['series', 20],
  ]);
});

it('says at once when nobody is there, or an option is wrong', async () => {
  expect(await watch(['--url', 'http://127.0.0.1:9'])).toMatchObject({
    exitCode: 3,
    err: expect.stringMatching(/nobody answers/),
  });
  expect((await watch(['-o', 'yaml'])).err).toMatch(/expected text or json/);
});
