import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type Running, runSkopos, workshop } from '../../../test/support/run-skopos.ts';
import type { FindingsJson, PartJson } from '../../api/skopos/contract.ts';
import { kubeadmWorker } from '../../host/host-testing.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { createNodeAgent } from '../node/node-agent.ts';
import { valueFlags } from '../node/node-flags.ts';
import { nodeSettings } from '../node/node-settings.ts';

const patience = { timeout: 30_000, interval: 50 };

/** `skopos node` in this process, on a recorded host. */
async function startNode(root: string, flags: Readonly<Record<string, string>>) {
  const initial = Object.fromEntries(
    valueFlags.flatMap((flag) => ('initial' in flag ? [[flag.flag, flag.initial]] : [])),
  );
  const given: Readonly<Record<string, string>> = {
    ...initial,
    'web.listen-address': '127.0.0.1:0',
    'path.rootfs': root,
    'path.procfs': join(root, 'proc'),
    'path.sysfs': join(root, 'sys'),
    ...flags,
  };
  const settings = nodeSettings(
    {
      value: (flag) => given[flag],
      values: () => [],
      isOn: (flag) => flag === 'collector.disable-defaults' || undefined,
    },
    root,
  );
  const agent = await createNodeAgent({ settings, log: silentLogger, clock: systemClock });
  const stop = new AbortController();
  const port = new Promise<number>((resolve) => {
    agent.onListening = ({ port: listening }) => resolve(listening);
  });
  const running = agent.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return { url: `http://127.0.0.1:${await port}`, stop: end };
}

async function open({ api }: Running, control: string): Promise<FindingsJson['items']> {
  return (await api<FindingsJson>(`findings?control=${control}&status=open`)).items;
}

it('judges what nodes tell, mends what is mended, and does not know what a node no longer tells', {
  timeout: 120_000,
}, async () => {
  const shop = workshop();
  const root = join(shop.dir, 'host');
  const host = kubeadmWorker(root).mode('/etc/kubernetes/kubelet.conf', 0o644);
  const token = shop.write('token', 'let-me-in\n');
  const node = await startNode(root, { 'node-name': 'worker-1', 'token-file': token });
  const config = shop.write(
    'skopos.yaml',
    `posture: { frameworks: [cis-v1.10.0] }
source: { folder: shop }
data: data
host:
  interval: 1s
  stale_after: 4s
  nodes: [{ name: worker-1, url: "${node.url}" }, { name: worker-2, url: "${node.url}" }]
  http_config: { authorization: { credentials_file: token } }
`,
  );
  const running = await runSkopos({ config }, shop.dir);
  const kubeconfig = () =>
    running.embedded.engine.verdict('C-0166', 'hostdata.kubescape.cloud/KubeletInfo//worker-1');

  await vi.waitFor(async () => expect(await open(running, 'C-0166')).toHaveLength(1), patience);
  expect((await open(running, 'C-0166'))[0]).toMatchObject({
    object: { kind: 'KubeletInfo', name: 'worker-1' },
  });
  expect(await running.metric('skopos_host_nodes')).toMatchObject({ '{state="fresh"}': 1 });
  expect(await running.metric('skopos_host_node_heard')).toMatchObject({ '{node="worker-1"}': 1 });

  host.mode('/etc/kubernetes/kubelet.conf', 0o600);
  await vi.waitFor(async () => expect(await open(running, 'C-0166')).toEqual([]), patience);
  expect(kubeconfig()).toMatchObject({ state: 'pass' });

  host.mode('/etc/kubernetes/kubelet.conf', 0o640);
  await vi.waitFor(async () => expect(await open(running, 'C-0166')).toHaveLength(1), patience);
  await node.stop();
  await vi.waitFor(() => expect(kubeconfig()).toMatchObject({ state: 'unknown' }), patience);
  expect(kubeconfig()?.reason).toContain('no longer believed');
  // That nobody knows does not mend it.
  expect(await open(running, 'C-0166')).toHaveLength(1);
  const part = running.embedded.parts().find(({ name }: PartJson) => name === 'nodes');
  expect(part).toMatchObject({ state: 'degraded' });
  expect(running.embedded.host?.book.record('worker-2')).toMatchObject({ state: 'silent' });
  expect(await running.metric('skopos_host_node_heard')).toMatchObject({
    '{node="worker-1"}': 0,
    '{node="worker-2"}': 0,
  });
});

it('takes from a node what it says of itself, and nothing of another', { timeout: 60_000 }, async () => {
  const shop = workshop();
  const root = join(shop.dir, 'host');
  kubeadmWorker(root);
  const node = await startNode(root, { 'node-name': 'worker-1' });
  const config = shop.write(
    'skopos.yaml',
    `source: { folder: shop }
data: data
host: { interval: 1s, nodes: [{ name: worker-2, url: "${node.url}" }] }
`,
  );
  const running = await runSkopos({ config }, shop.dir);
  await vi.waitFor(
    () =>
      expect(running.embedded.host?.book.record('worker-2')?.problem).toContain('may only speak for itself'),
    patience,
  );
  expect(running.embedded.inventory.list('KubeletInfo')).toEqual([]);
});

it('remembers what nodes told when it starts anew', { timeout: 60_000 }, async () => {
  const shop = workshop();
  const root = join(shop.dir, 'host');
  kubeadmWorker(root).mode('/etc/kubernetes/kubelet.conf', 0o644);
  const node = await startNode(root, { 'node-name': 'worker-1' });
  const config = shop.write(
    'skopos.yaml',
    `posture: { frameworks: [cis-v1.10.0] }
source: { folder: shop }
data: data
host: { interval: 1s, nodes: [{ name: worker-1, url: "${node.url}" }] }
`,
  );
  const first = await runSkopos({ config }, shop.dir);
  await vi.waitFor(async () => expect(await open(first, 'C-0166')).toHaveLength(1), patience);
  await first.stop();
  await node.stop();
  const again = await runSkopos({ config }, shop.dir);
  expect(again.embedded.inventory.list('KubeletInfo')).toHaveLength(1);
  await vi.waitFor(async () => expect(await open(again, 'C-0166')).toHaveLength(1), patience);
});
