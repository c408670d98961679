import { expect, it, onTestFinished, vi } from 'vitest';
import { type MetricsExporter, startExporter } from '../support/metrics-exporter.ts';
import { firstFired, minuteMs, runSpec } from '../support/spec-run.ts';

/** What Envoy beside a pod counts: requests that the pod answered with 403. */
function istio(pod: string, forbidden: number): string {
  const labels = `reporter="destination",response_code="403",destination_workload="${pod}",destination_workload_namespace="prod"`;
  return `# TYPE istio_requests_total counter
istio_requests_total{reporter="destination",response_code="200",destination_workload="${pod}"} 3
istio_requests_total{${labels}} ${forbidden}
`;
}

async function pod(name: string, port?: number): Promise<MetricsExporter> {
  const exporter = await startExporter(istio(name, 0), port);
  onTestFinished(() => exporter.close());
  return exporter;
}

interface AlertV2 {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: string };
}

it('the walkthrough of Istio, Alertmanager and Slack: pending, firing, told, silenced, resolved', async () => {
  const demo = await pod('nginx-403-demo');
  const other = await pod('n5-403-demo');
  const run = await runSpec('spec-003', {
    rules: ['alerting_rules.yml'],
    targets: { 'nginx-403-demo:15020': demo.address, 'n5-403-demo:15020': other.address },
  });

  // Both alerts are listed, and inactive.
  await vi.waitFor(() => expect(Math.min(demo.scrapes, other.scrapes)).toBeGreaterThan(1), {
    timeout: 30_000,
  });
  expect(await run.stateOf('KubernetesPodClientError')).toBe('inactive');
  // What was scraped before it listened is up by now.
  await run.until('InstanceDown', 'inactive');

  // The pod is flooded with requests that it forbids.
  demo.text = istio('nginx-403-demo', 480);
  await run.until('KubernetesPodClientError', 'pending');
  expect(run.messages()).toEqual([]);
  await run.until('KubernetesPodClientError', 'firing');
  const first = await run.told('1 KubernetesPodClientError firing');
  expect(first.channel).toBe('#prometheus');
  expect(first.attachments[0]?.text).toContain(
    `*Alert:* Kubernetes pod client error (instance ${demo.address}) - \`warning\``,
  );
  expect(first.attachments[0]?.text).toContain(
    `*Description:* Pod ${demo.address} of job kubernetes-pods reported client-side errors`,
  );
  expect(first.attachments[0]?.text).toContain('• *response_code:* 403');
  const { pendingMs = 0, firingMs = 0 } = firstFired(await run.timeline('KubernetesPodClientError'));
  expect(pendingMs).toBeGreaterThan(0);
  expect(firingMs - pendingMs).toBeGreaterThanOrEqual(minuteMs);

  // Silenced; another pod that forbids is silenced with it.
  const nowMs = Date.now();
  await run.post('api/v2/silences', {
    matchers: [{ name: 'alertname', value: 'KubernetesPodClientError', isRegex: false, isEqual: true }],
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + 3_600_000).toISOString(),
    createdBy: 'devsecops',
    comment: 'demo',
  });
  const toldBefore = run.messages().length;
  other.text = istio('n5-403-demo', 480);
  await vi.waitFor(
    async () => {
      const alerts = await run.get<AlertV2[]>('api/v2/alerts');
      const own = alerts.filter(({ labels }) => labels['alertname'] === 'KubernetesPodClientError');
      expect(own.map(({ status }) => status.state)).toEqual(['suppressed', 'suppressed']);
    },
    { timeout: 60_000, interval: 100 },
  );

  // A pod is deleted: InstanceDown is told of, and nothing that is silenced with it.
  await other.close();
  await run.until('InstanceDown', 'pending');
  await run.until('InstanceDown', 'firing');
  await run.told(
    'InstanceDown firing',
    `*Description:* ${other.address} of job kubernetes-pods has been down for more than 1 minute.`,
  );

  // It comes back, and the flooded one starts anew with its counter at 0: the only way for that rule to resolve.
  await pod('n5-403-demo', other.port);
  demo.text = istio('nginx-403-demo', 0);
  await run.until('InstanceDown', 'inactive');
  await run.until('KubernetesPodClientError', 'inactive');
  await run.told('InstanceDown resolved');
  const down = firstFired(await run.timeline('InstanceDown'));
  expect((down.firingMs ?? 0) - (down.pendingMs ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(
    minuteMs,
  );
  expect(down.resolvedMs).toBeGreaterThan(down.firingMs ?? Number.POSITIVE_INFINITY);
  const forbidden = firstFired(await run.timeline('KubernetesPodClientError'));
  expect(forbidden.resolvedMs).toBeGreaterThan(firingMs);
  const since = JSON.stringify(run.messages().slice(toldBefore));
  expect(since).not.toContain('KubernetesPodClientError');
}, 240_000);
