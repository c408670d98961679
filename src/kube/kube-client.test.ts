import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { KubeServer } from '../../test/support/kube-server.ts';
import type { KubeAccess } from './access.ts';
import { KubeClient } from './kube-client.ts';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const { signal } = new AbortController();

function clientOf(access: Partial<KubeAccess>): KubeClient {
  const client = new KubeClient({
    name: 'test',
    server: '',
    tls: { insecure: false },
    credentials: () => Promise.resolve({}),
    ...access,
  });
  cleanups.push(() => client.close());
  return client;
}

it('asks once more with fresh credentials after a 401, and only once', async () => {
  const api = new KubeServer();
  api.token = 'new';
  const server = await api.start();
  cleanups.push(() => api.stop());
  const renewed = clientOf({
    server,
    credentials: (renew = false) => Promise.resolve({ authorization: renew ? 'Bearer new' : 'Bearer old' }),
  });
  expect(await renewed.get({ path: '/api/v1', signal })).toMatchObject({ kind: 'APIResourceList' });
  expect(api.requests.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer new']);
  const never = clientOf({ server, credentials: () => Promise.resolve({ authorization: 'Bearer old' }) });
  await expect(never.get({ path: '/api/v1', signal })).rejects.toMatchObject({
    code: 'KUBE_API',
    status: 401,
  });
  expect(api.requests).toHaveLength(4);
});

it('says why a server cannot be reached', async () => {
  const nobody = clientOf({ server: 'http://127.0.0.1:9' });
  await expect(nobody.get({ path: '/', signal })).rejects.toThrow(/cannot reach .*:9.*is it running/);
});

it('speaks TLS: checks the authority, and shows its own certificate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-tls-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  execFileSync('openssl', [...made, '-keyout', keyFile, '-out', certFile, ...subject], { stdio: 'ignore' });
  const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
  const https = createServer({ cert, key, requestCert: true, ca: cert }, (request, response) => {
    response.end(
      JSON.stringify({ shown: (request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? '' }),
    );
  });
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    https.closeAllConnections();
    https.close();
  });
  const server = `https://127.0.0.1:${(https.address() as AddressInfo).port}`;
  await expect(clientOf({ server }).get({ path: '/', signal })).rejects.toThrow(
    /certificate is not of the authority/,
  );
  const credentials = () => Promise.resolve({ certificate: cert, key });
  const trusting = clientOf({ server, tls: { ca: cert, insecure: false }, credentials });
  expect(await trusting.get({ path: '/', signal })).toEqual({ shown: 'localhost' });
});
