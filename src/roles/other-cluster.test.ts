import { expect, it, onTestFinished, vi } from 'vitest';
import { KubeServer } from '../../test/support/kube-server.ts';
import { kubernetesSdSchema } from '../discovery/config/kubernetes-sd-config.ts';
import { Discovery, type DiscoverySection } from '../discovery/discovery.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { otherCluster } from './other-cluster.ts';

const patience = { timeout: 30_000, interval: 50 };

it('finds targets in the cluster that a section names, as whom it says, and tells why it cannot', async () => {
  const server = new KubeServer();
  await server.start();
  onTestFinished(() => server.stop());
  server.put({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'far' },
    status: {
      addresses: [{ type: 'InternalIP', address: '10.9.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    },
  });
  const section = (address: string): DiscoverySection => ({
    static_configs: [],
    file_sd_configs: [],
    http_sd_configs: [],
    dns_sd_configs: [],
    kubernetes_sd_configs: [
      kubernetesSdSchema.parse({
        role: 'node',
        api_server: address,
        authorization: { credentials: 'far-token' },
      }),
    ],
  });
  const discovery = new Discovery({
    clock: systemClock,
    log: silentLogger,
    coalesceMs: 10,
    otherCluster: (config) => otherCluster(config, { clock: systemClock, log: silentLogger }),
  });
  discovery.load(
    new Map([
      ['far', section(server.url)],
      ['gone', section('http://127.0.0.1:1')],
    ]),
  );
  const stop = new AbortController();
  const running = discovery.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  await vi.waitFor(
    () =>
      expect(discovery.groups('far').flatMap(({ targets }) => targets)).toMatchObject([
        { __address__: '10.9.0.1:10250' },
      ]),
    patience,
  );
  expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer far-token']),
  );
  await vi.waitFor(
    () => expect(discovery.status().find(({ name }) => name === 'gone')?.problem).toMatch(/127\.0\.0\.1:1/),
    patience,
  );
});
