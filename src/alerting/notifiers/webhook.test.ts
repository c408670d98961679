import { expect, it, onTestFinished } from 'vitest';
import { sendOnce } from '../../../test/support/notify.ts';
import { startWebhookServer } from '../../../test/support/webhook-server.ts';
import { loadAlertingConfig } from '../config/load-alerting-config.ts';

async function server() {
  const started = await startWebhookServer();
  onTestFinished(() => started.close());
  return started;
}

it('posts format 4', async () => {
  const hook = await server();
  await sendOnce('webhook', { url: `${hook.url}/x?y=1`, max_alerts: 1 });
  expect(hook.received[0]).toMatchObject({ method: 'POST', path: '/x?y=1' });
  expect(hook.received[0]?.headers['content-type']).toBe('application/json');
  expect(hook.json()).toEqual([
    {
      version: '4',
      groupKey: '{}:{alertname="Down"}',
      truncatedAlerts: 1,
      receiver: 'ops',
      status: 'firing',
      notification_reason: 'first notification',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'Down', instance: 'a', severity: 'critical' },
          annotations: { summary: 'a is <down> & out' },
          startsAt: '2026-01-05T00:00:00Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://localhost/graph?g0.expr=up',
          fingerprint: 'f1',
        },
      ],
      groupLabels: { alertname: 'Down' },
      // Of the alerts that are shown, as upstream.
      commonLabels: { alertname: 'Down', instance: 'a', severity: 'critical' },
      commonAnnotations: { summary: 'a is <down> & out' },
      routeLabels: {},
      externalURL: 'http://localhost:9600',
    },
  ]);
});

it('renders its address, and a payload of one’s own, whose texts may become lists, maps and numbers', async () => {
  const hook = await server();
  await sendOnce('webhook', {
    url: `${hook.url}/{{ .CommonLabels.severity }}`,
    payload: {
      'key-{{ .Status }}': '{{ .Alerts.Firing | len }}',
      list: ['{{ .CommonLabels.alertname }}', 2, { deep: '{{ .CommonLabels | toJson }}' }],
      plain: 'note: no template: stays',
      none: null,
    },
  });
  expect(hook.received[0]?.path).toBe('/critical');
  expect(hook.json()).toEqual([
    {
      'key-firing': 1,
      list: ['Down', 2, { deep: { alertname: 'Down', severity: 'critical' } }],
      plain: 'note: no template: stays',
      none: null,
    },
  ]);
});

it('puts plain words where a template of the payload fails', async () => {
  const hook = await server();
  const { problems } = await sendOnce('webhook', { url: hook.url, payload: { text: '{{ .Nope }}', a: 1 } });
  expect(hook.json()).toEqual([{ text: '[FIRING:1] Down [the template failed]', a: 1 }]);
  expect(problems).toHaveLength(1);
});

it('refuses an address that a template left empty, for good', async () => {
  await expect(sendOnce('webhook', { url: '{{ .CommonLabels.nope }}' })).rejects.toMatchObject({
    message: 'the url template gave no address',
    retryable: false,
  });
});

it.each([
  ['url: ftp://x', 'expected an http:// or https:// address'],
  ['url: http://x, url_file: y', 'at most one of url & url_file may be set'],
  ['max_alerts: 1', 'one of url & url_file must be set'],
  ['url: http://x, max_alerts: -1', 'expected 0 or more'],
  ['url: http://x, timeout: soon', 'expected a duration'],
])('refuses {%s}', (entry, problem) => {
  const text = `route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ ${entry} }] }]`;
  expect(() => loadAlertingConfig(text, { file: 'f', baseDir: '/' })).toThrow(problem);
});
