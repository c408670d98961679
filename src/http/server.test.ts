import { expect, it } from 'vitest';
import { BadInputError, NotFoundError, UnavailableError } from '../kit/app-error.ts';
import { Secret } from '../kit/secret.ts';
import { silentLogger } from '../log/logger.ts';
import { createServer, parameters } from './server.ts';

function server(token?: string) {
  const app = createServer({
    log: silentLogger,
    loopbackOnly: true,
    ...(token === undefined ? {} : { token: new Secret(token) }),
  });
  app.get('/-/healthy', () => 'ok');
  app.all('/echo', (request) => parameters(request).getAll('match[]'));
  app.get('/throw/:what', (request) => {
    const { what } = request.params as { what: string };
    if (what === 'bad') throw new BadInputError('a.b', 'wrong');
    if (what === 'missing') throw new NotFoundError('no such thing');
    if (what === 'away') throw new UnavailableError('later');
    throw new Error('secret detail');
  });
  return app;
}

it.each([
  ['bad', 400, { code: 'BAD_INPUT', error: 'a.b: wrong' }],
  ['missing', 404, { code: 'NOT_FOUND', error: 'no such thing' }],
  ['away', 503, { code: 'UNAVAILABLE', error: 'later' }],
  ['bug', 500, { code: 'INTERNAL', error: 'internal error; see the log' }],
])('translates %s into %i', async (what, status, body) => {
  const reply = await server().inject(`/throw/${what}`);
  expect([reply.statusCode, reply.json()]).toEqual([status, body]);
});

it('answers 404 for unknown paths', async () => {
  expect((await server().inject('/api/v1/nothing')).statusCode).toBe(404);
});

it('reads repeated parameters of query and form together', async () => {
  const reply = await server().inject({
    method: 'POST',
    url: '/echo?match[]=a',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'match[]=b&match%5B%5D=c+d',
  });
  expect(reply.json()).toEqual(['a', 'b', 'c d']);
});

it('asks for the token, as bearer or as the password of basic, but not of probes', async () => {
  const app = server('hush');
  const status = async (authorization?: string, url = '/echo') =>
    (await app.inject({ url, headers: authorization === undefined ? {} : { authorization } })).statusCode;
  expect(await status()).toBe(401);
  expect(await status('Bearer wrong')).toBe(401);
  expect(await status('Bearer hush')).toBe(200);
  expect(await status(`Basic ${Buffer.from('me:hush').toString('base64')}`)).toBe(200);
  expect(await status(undefined, '/-/healthy')).toBe(200);
});

it('refuses hosts that are not this machine, and changes that come from other sites', async () => {
  const app = server();
  expect((await app.inject({ url: '/echo', headers: { host: 'evil.example:9600' } })).statusCode).toBe(421);
  expect((await app.inject({ url: '/echo', headers: { host: '[::1]:9600' } })).statusCode).toBe(200);
  const post = { method: 'POST', url: '/echo', headers: { 'sec-fetch-site': 'cross-site' } } as const;
  expect((await app.inject(post)).statusCode).toBe(403);
});

it('lets a browser ask beforehand what it may send, without the token', async () => {
  const app = server('hush');
  const ask = { method: 'OPTIONS', url: '/echo', headers: { 'sec-fetch-site': 'cross-site' } } as const;
  expect((await app.inject(ask)).statusCode).toBe(200);
  expect((await app.inject('/echo')).statusCode).toBe(401);
});
