import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startExporter } from '../support/metrics-exporter.ts';
import { SkoposProcess } from '../support/skopos-process.ts';
import { firstFired, minuteMs, runSpec } from '../support/spec-run.ts';

/** As kube-state-metrics tells of a cluster. */
function nodes(count: number): string {
  const head = '# HELP kube_node_info Information about a cluster node.\n# TYPE kube_node_info gauge\n';
  const one = (i: number) => `kube_node_info{node="aks-nodepool1-${i}",os_image="Ubuntu 16.04.5 LTS"} 1\n`;
  return head + Array.from({ length: count }, (_, i) => one(i)).join('');
}

it('Prometheus and Alertmanager for nodes: TooManyNodes is pending, fires, reaches Slack and resolves', async () => {
  const state = await startExporter(nodes(0));
  onTestFinished(() => state.close());
  const run = await runSpec('spec-004', {
    rules: ['rules', 'alerts'],
    targets: { 'prometheus-kube-state-metrics:8080': state.address },
  });
  await vi.waitFor(() => expect(state.scrapes).toBeGreaterThan(1), { timeout: 60_000 });
  expect(await run.stateOf('TooManyNodes')).toBe('inactive');

  state.text = nodes(3);
  await run.until('TooManyNodes', 'pending');
  await run.until('TooManyNodes', 'firing');
  const told = await run.told('Cluster increased');
  expect(told.attachments).toMatchObject([
    {
      title: 'Cluster increased',
      text: 'The number of the nodes in the cluster increased',
      title_link: 'http://my-prometheus.com/alerts',
    },
  ]);
  const { pendingMs = 0, firingMs = 0 } = firstFired(await run.timeline('TooManyNodes'));
  expect(pendingMs).toBeGreaterThan(0);
  expect(firingMs - pendingMs).toBeGreaterThanOrEqual(minuteMs);
  const alerts =
    await run.get<{ labels: Record<string, string>; annotations: Record<string, string> }[]>('api/v2/alerts');
  expect(alerts).toMatchObject([
    {
      labels: { alertname: 'TooManyNodes', severity: 'notify' },
      annotations: { description: 'The number of the nodes in the cluster increased' },
    },
  ]);

  // All nodes are gone: that resolves. The document's other rule says nothing, just when it should.
  state.text = nodes(0);
  await run.until('TooManyNodes', 'inactive');
  await vi.waitFor(() => expect(run.messages().length).toBeGreaterThan(1), {
    timeout: 60_000,
    interval: 100,
  });
  expect(firstFired(await run.timeline('TooManyNodes')).resolvedMs).toBeGreaterThan(firingMs);
  expect(await run.timeline('TooFewNodes')).toEqual([]);

  const lint = SkoposProcess.start(
    ['lint', 'rules', join('spec-004', 'alerts'), '--interval', '30s'],
    import.meta.dirname,
  );
  expect((await lint.ended).code).toBe(1);
  expect(lint.out).toMatch(/count-below-one/);
  expect(lint.out).toMatch(/better: absent\(kube_node_info\)/);
}, 240_000);
