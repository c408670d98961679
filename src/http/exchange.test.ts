import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exchange } from './exchange.ts';

let server: Server;
let agent: Agent;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/never') return;
    response.writeHead(request.url === '/long' ? 200 : 202, { 'x-from': 'here' });
    if (request.url === '/long') response.write('long '.repeat(100));
    else response.end('well');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  agent = new Agent({ connections: 1 });
});

afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  server.close();
});

function ask(path: string, signal: AbortSignal) {
  const { port } = server.address() as AddressInfo;
  return exchange(agent, { origin: `http://127.0.0.1:${port}`, path, method: 'GET' }, 12, signal);
}

it('gives status, headers and body', async () => {
  const { statusCode, headers, body } = await ask('/', new AbortController().signal);
  expect([statusCode, headers['x-from'], body.toString()]).toEqual([202, 'here', 'well']);
});

it('reads no more of a body than is wanted, though it never ends, and goes on with others', async () => {
  const { body } = await ask('/long', new AbortController().signal);
  expect(body.toString()).toBe('long long lo');
  expect((await ask('/', new AbortController().signal)).body.toString()).toBe('well');
});

it('gives up when told to: before it is sent, while it waits for a connection, and for the reply', async () => {
  await expect(ask('/', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  expect(asked).toEqual([]);

  const [first, second] = [new AbortController(), new AbortController()];
  const answers = [ask('/never', first.signal), ask('/second', second.signal)];
  const ends = Promise.allSettled(answers);
  await expect.poll(() => asked).toEqual(['/never']);
  second.abort(new Error('the second'));
  await expect(answers[1]).rejects.toThrow('the second');
  first.abort(new Error('the first'));
  await expect(answers[0]).rejects.toThrow('the first');
  await ends;
  expect((await ask('/', new AbortController().signal)).statusCode).toBe(202);
  expect(asked).toEqual(['/never', '/']);
});

it('says why no reply came', async () => {
  await expect(
    exchange(
      agent,
      { origin: 'http://127.0.0.1:1', path: '/', method: 'GET' },
      12,
      new AbortController().signal,
    ),
  ).rejects.toThrow('ECONNREFUSED');
});
