import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import { certificateFile } from './certificate-store.ts';
import { bundleOf, type CertificateState, renewed } from './certificates.ts';
import { WebhookServer } from './webhook-server.ts';

const dayMs = 86_400_000;
const startMs = Date.now();
const terms = {
  names: ['skopos-admission.skopos.svc', '127.0.0.1'],
  validityMs: 30 * dayMs,
  caValidityMs: 90 * dayMs,
  settleMs: 600_000,
};
const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

function isTrusted(state: CertificateState, bundle: string): boolean {
  const serving = new X509Certificate(state.serving.cert);
  return bundle
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((pem) => pem.includes('BEGIN'))
    .some((pem) => serving.verify(new X509Certificate(pem).publicKey));
}

describe('certificates', () => {
  it('are made for the names, by an authority of their own', async () => {
    const state = await renewed(undefined, terms, startMs);
    const serving = new X509Certificate(state.serving.cert);
    expect(serving.subjectAltName).toBe('DNS:skopos-admission.skopos.svc, IP Address:127.0.0.1');
    expect(isTrusted(state, bundleOf(state))).toBe(true);
    expect(await renewed(state, terms, startMs + 19 * dayMs)).toBe(state);
  });

  it('are made anew after two thirds of their time, and for other names', async () => {
    const state = await renewed(undefined, terms, startMs);
    const later = await renewed(state, terms, startMs + 20 * dayMs);
    expect(later.serving.cert).not.toBe(state.serving.cert);
    expect(bundleOf(later)).toBe(bundleOf(state));
    const other = await renewed(state, { ...terms, names: ['other.svc'] }, startMs);
    expect(other.serving.names).toEqual(['other.svc']);
  });

  it('are always trusted by who knows the bundle of the step before or after', async () => {
    let state = await renewed(undefined, terms, startMs);
    let bundleBefore = bundleOf(state);
    let steps = 0;
    for (
      let atMs = startMs;
      atMs < startMs + 200 * dayMs;
      atMs += state.authorities.length > 1 ? 300_000 : dayMs / 4
    ) {
      const next = await renewed(state, terms, atMs);
      if (next !== state) steps++;
      expect(isTrusted(next, bundleBefore)).toBe(true);
      expect(isTrusted(state, bundleOf(next))).toBe(true);
      expect(next.serving.untilMs).toBeGreaterThan(atMs);
      expect(next.authorities.length).toBeLessThanOrEqual(2);
      bundleBefore = bundleOf(next);
      state = next;
    }
    expect(steps).toBeGreaterThan(8);
  });
});

describe('the keeper of certificates', () => {
  function folder(): string {
    const dir = mkdtempSync(join(tmpdir(), 'skopos-certificates-'));
    ending.push(() => rmSync(dir, { recursive: true }));
    return dir;
  }

  it('makes them once, shares them with who is no leader, and makes them known before they are used', async () => {
    const clock = new VirtualClock(startMs);
    const path = join(folder(), 'certificates.json');
    const said: string[] = [];
    const keeper = (name: string, isLeader: boolean) =>
      new CertificateKeeper({
        ...{ clock, log: silentLogger, terms, store: certificateFile(path), isLeader: () => isLeader },
        use: ({ serving }) => said.push(`${name} uses ${serving.sinceMs - startMs}`),
        publish: async () => void said.push(`${name} publishes`),
      });
    const stop = new AbortController();
    const follower = keeper('follower', false).run(stop.signal);
    await clock.advance(0);
    expect(said).toEqual([]);
    const leader = keeper('leader', true).run(stop.signal);
    await expect.poll(() => said, { timeout: 20_000 }).toEqual(['leader publishes', 'leader uses 0']);
    const lastSaid = async () => {
      await clock.advance(500);
      return said.at(-1);
    };
    await expect.poll(lastSaid, { timeout: 20_000 }).toBe('follower uses 0');
    expect(statSync(path).mode & 0o077).toBe(0);
    stop.abort();
    await Promise.all([follower, leader]);
  });

  it('says of a file that it cannot read what to do, without its content', async () => {
    const path = join(folder(), 'certificates.json');
    writeFileSync(path, '{"key":"secret');
    const clock = new VirtualClock(startMs);
    const keeper = new CertificateKeeper({
      ...{
        clock,
        log: silentLogger,
        terms,
        store: certificateFile(path),
        isLeader: () => true,
        use: () => undefined,
      },
    });
    const stop = new AbortController();
    const running = keeper.run(stop.signal);
    await expect.poll(() => keeper.problem, { timeout: 20_000 }).toContain('delete it');
    expect(keeper.problem).not.toContain('secret');
    stop.abort();
    await running;
  });
});

describe('the webhook', () => {
  async function webhook(isReady = () => true) {
    const state = await renewed(undefined, terms, startMs);
    const failures: string[] = [];
    const server = new WebhookServer({
      ...{ host: '127.0.0.1', port: 0, log: silentLogger, isReady },
      answer: ({ object }) =>
        object?.metadata.name === 'bad'
          ? { allowed: false, message: 'no' }
          : { allowed: true, warnings: ['w'] },
      failed: (why) => failures.push(why),
    });
    server.use(state.serving);
    await server.listen();
    ending.push(() => server.close());
    return { server, state, failures };
  }

  // Each request shakes hands anew.
  const agent = new Agent({ keepAlive: false, maxCachedSessions: 0 });

  function send(port: number, ca: string, body: string, path = '/validate', method = 'POST') {
    return new Promise<{ status: number; body: string; cert: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, ca, agent }, (response) => {
        const socket = response.socket as import('node:tls').TLSSocket;
        const cert = socket.getPeerX509Certificate()?.toString() ?? '';
        let text = '';
        response.on('data', (piece) => (text += piece));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, cert }));
      });
      sent.on('error', reject);
      sent.end(method === 'GET' ? undefined : body);
    });
  }

  const reviewOf = (name: string) =>
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: `of-${name}`, operation: 'CREATE', object: { kind: 'Pod', metadata: { name } } },
    });

  it('answers reviews over TLS, and serves by a new certificate as soon as it is given one', async () => {
    const { server, state } = await webhook();
    const answer = await send(server.port, bundleOf(state), reviewOf('bad'));
    expect(JSON.parse(answer.body)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'of-bad', allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no' } },
    });
    const other = await renewed(undefined, terms, startMs + 1);
    server.use(other.serving);
    const again = await send(server.port, bundleOf(other), reviewOf('good'));
    expect(JSON.parse(again.body).response).toEqual({ uid: 'of-good', allowed: true, warnings: ['w'] });
    expect(again.cert).not.toBe(answer.cert);
    await expect(send(server.port, bundleOf(state), reviewOf('good'))).rejects.toThrow();
  });

  it('refuses what it cannot answer by a status, so that the failure policy decides', async () => {
    let isReady = false;
    const { server, state, failures } = await webhook(() => isReady);
    const ca = bundleOf(state);
    expect((await send(server.port, ca, reviewOf('a'))).status).toBe(503);
    expect((await send(server.port, ca, '', '/readyz', 'GET')).status).toBe(503);
    isReady = true;
    expect((await send(server.port, ca, '', '/readyz', 'GET')).status).toBe(200);
    expect((await send(server.port, ca, '{')).status).toBe(400);
    expect((await send(server.port, ca, '', '/other')).status).toBe(404);
    expect((await send(server.port, ca, '', '/validate', 'PUT')).status).toBe(405);
    expect(failures).toEqual(['not-ready', 'bad-request']);
  });
});
