import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { expect, it, onTestFinished } from 'vitest';
import { KubeClient } from './kube-client.ts';

const dayMs = 86_400_000;
const { signal } = new AbortController();
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate of its own authority that is valid from and until so many days from now. */
async function certificate(fromDays: number, untilDays: number) {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=127.0.0.1',
      notBefore: new Date(Date.now() + fromDays * dayMs),
      notAfter: new Date(Date.now() + untilDays * dayMs),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto,
  );
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: made.toString('pem'), key };
}

/** An API server that shows this certificate and accepts nobody. */
async function serve(tls: { readonly cert: string; readonly key: string }): Promise<string> {
  const server = createServer(tls, (_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{"kind":"Status","code":401,"reason":"Unauthorized","message":"Unauthorized"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['has expired', -30, -1, /the certificate of the API server has expired: renew it/],
  ['is not valid yet', 1, 30, /not valid yet: is the clock of this machine right/],
])('says that the certificate of the server %s', async (_what, from, until, message) => {
  const tls = await certificate(from, until);
  const client = new KubeClient({
    name: 'test',
    server: await serve(tls),
    tls: { ca: tls.cert, insecure: false },
    credentials: () => Promise.resolve({}),
  });
  onTestFinished(() => client.close());
  await expect(client.get({ path: '/api', signal })).rejects.toThrow(message);
});

it.each([
  ['has expired', -30, -1, /our client certificate expired on .*, renew it in the kubeconfig/],
  ['is not valid yet', 1, 30, /valid from .* only, is the clock of this machine right/],
])('says that a client certificate that is refused %s', async (_what, from, until, message) => {
  const ours = await certificate(from, until);
  const client = new KubeClient({
    name: 'test',
    server: await serve(await certificate(-1, 1)),
    tls: { insecure: true },
    credentials: () => Promise.resolve({ certificate: ours.cert, key: ours.key }),
  });
  onTestFinished(() => client.close());
  await expect(client.get({ path: '/api', signal })).rejects.toThrow(message);
});
