import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkTemplates } from '../check-templates.ts';
import { defaultAlertingConfig } from './default-config.ts';
import { loadAlertingConfig } from './load-alerting-config.ts';

const load = (text: string, baseDir = '/') => loadAlertingConfig(text, { file: 'alertmanager.yml', baseDir });

const slackWalkthrough = `global:
  resolve_timeout: 1m
  slack_api_url: 'https://hooks.slack.com/services/T000/B000/EXAMPLE'
route:
  receiver: 'slack-notifications'
receivers:
- name: 'slack-notifications'
  slack_configs:
  - send_resolved: true
    channel: '#prometheus'
    icon_url: 'https://avatars3.githubusercontent.com/u/3380462'
    title: >
      {{ if eq .Status "firing" }}
      {{ .Alerts.Firing | len }} {{ .CommonLabels.alertname }} firing
      {{ else }}
      {{ .CommonLabels.alertname }} resolved
      {{ end }}
    title_link: '{{ template "slack.default.titlelink" . }}'
    text: |
      {{ range .Alerts }}
      *Alert:* {{ .Annotations.summary }} {{ if .Labels.severity }}- \`{{ .Labels.severity }}\`{{ end }}
      *Description:* {{ .Annotations.description }}
      *Details:*
      {{ range .Labels.SortedPairs }} • *{{ .Name }}:* {{ .Value }}
      {{ end }}
      {{ end }}
`;

const helmValues = `global: {}
route:
  group_wait: 10s
  group_interval: 5m
  receiver: slack
  repeat_interval: 3h
  routes:
  - receiver: slack
    repeat_interval: 5d
    match:
      severity: notify
      frequency: low
receivers:
- name: slack
  slack_configs:
  - api_url: "https://hooks.slack.com/services/T000/B000/EXAMPLE"
    send_resolved: true
    title: "{{ .CommonAnnotations.summary }}"
    text: "{{ .CommonAnnotations.description }}"
    title_link: http://my-prometheus.com/alerts
`;

it('loads the configuration of the Slack walkthrough, and its templates work', () => {
  const config = load(slackWalkthrough);
  checkTemplates(config);
  expect(config.resolveTimeoutMs).toBe(60_000);
  expect(config.route).toMatchObject({ receiver: 'slack-notifications', groupWaitMs: 30_000, groupBy: [] });
  expect(config.receivers[0]?.integrations).toMatchObject([{ sendResolved: true, index: 0 }]);
});

it('loads the configuration of the Helm walkthrough; children inherit what they do not say', () => {
  const { route } = load(helmValues);
  expect(route).toMatchObject({
    groupWaitMs: 10_000,
    groupIntervalMs: 300_000,
    repeatIntervalMs: 10_800_000,
  });
  expect(route.routes[0]).toMatchObject({
    receiver: 'slack',
    groupWaitMs: 10_000,
    repeatIntervalMs: 5 * 86_400_000,
    matchers: [
      { name: 'frequency', op: '=', value: 'low' },
      { name: 'severity', op: '=', value: 'notify' },
    ],
  });
});

it("takes the parent's grouping where a route's own is empty", () => {
  const config = load(
    `route: { receiver: a, group_by: ['...'], routes: [{ group_by: [] }, { group_by: [x] }] }\n${receivers}`,
  );
  expect(config.route.routes.map(({ groupBy }) => groupBy)).toEqual(['all', ['x']]);
});

it('sends everything to the inbox at once when there is no file', () => {
  const config = defaultAlertingConfig();
  checkTemplates(config);
  expect(config.route).toMatchObject({
    receiver: 'inbox',
    groupWaitMs: 0,
    groupBy: ['alertname', 'namespace'],
  });
  expect(config.receivers[0]?.integrations[0]?.kind.name).toBe('inbox');
});

const route = 'route: { receiver: a }\n';
const receivers = 'receivers:\n- name: a\n';

it.each([
  ['rout: { receiver: a }', ':1: rout: unknown key "rout" (did you mean "route"?)'],
  [receivers, 'there is no route'],
  [
    `${route}${receivers}  slack_config: []`,
    ':4: receivers[0].slack_config: unknown key "slack_config" (did you mean "slack_configs"?)',
  ],
  [
    `${route}${receivers}  pagerduty_configs:\n  - routing_kee: k`,
    ':5: receivers[0].pagerduty_configs[0].routing_kee: unknown key "routing_kee" (did you mean "routing_key"?)',
  ],
  [
    `route: { receiver: bb }\n${receivers.replace(': a', ': bbb')}`,
    'there is no receiver "bb" (did you mean "bbb"?)',
  ],
  [`${route}${receivers}- name: a`, ':4: receivers[1].name: there are two receivers named "a"'],
  [
    `route:\n  receiver: a\n  matchers: [x="y"]\n${receivers}`,
    ':3: route.matchers: the root route takes every alert',
  ],
  [`route: { receiver: a, group_interval: 0s }\n${receivers}`, 'must be longer than 0'],
  [`route: { receiver: a, group_wait: soon }\n${receivers}`, 'not a valid duration string: "soon"'],
  [`route: { receiver: a, group_by: ['...', b] }\n${receivers}`, 'must stand alone'],
  [
    `route:\n  receiver: a\n  routes:\n  - matchers: ['a~b']\n${receivers}`,
    ':4: route.routes[0].matchers[0]: bad matcher "a~b"',
  ],
  [`route:\n  receiver: a\n  routes:\n  - match_re: { x: '(' }\n${receivers}`, 'bad regular expression "("'],
  [
    `route: { receiver: a, routes: [{ mute_time_intervals: [nigt] }] }\n${receivers}time_intervals: [{ name: night }]`,
    'no time interval "nigt" (did you mean "night"?)',
  ],
  [
    `${route}${receivers}time_intervals:\n- name: x\n  time_intervals:\n  - times: [{ start_time: '10:00', end_time: '09:00' }]`,
    'start_time must be before end_time',
  ],
  [
    `${route}${receivers}time_intervals: [{ name: x, time_intervals: [{ location: Mars/Base }] }]`,
    'expected a time zone',
  ],
  [`${route}${receivers}  webhook_configs: [{}]`, 'one of url & url_file must be set'],
  [
    `${route}${receivers}  webhook_configs: [{ url: 'ftp://x/secret' }]`,
    'expected an http:// or https:// address',
  ],
  [`${route}${receivers}  slack_configs: [{ channel: x }]`, 'no Slack API URL nor App token set'],
  [`${route}${receivers}  email_configs: [{ to: x }]`, 'no sender'],
  [`global: { smtp_from: a@b }\n${route}${receivers}  email_configs: [{ to: x }]`, 'no mail server'],
  [
    `${route}${receivers}  webhook_configs:\n  - url: http://x\n    http_config:\n      basic_auth: { username: u, password: p, password_file: f }`,
    ':7: receivers[0].webhook_configs[0].http_config.basic_auth.password_file: at most one of password & password_file',
  ],
])('refuses %j', (text, message) => {
  expect(() => load(text)).toThrow(message);
});

it('never shows a secret in an error, in JSON or in the text of the configuration', () => {
  const text = `global:
  slack_api_url: https://hooks.slack.com/hush1
  smtp_auth_password: hush2
  http_config: { proxy_url: 'http://u:hush3@proxy' }
${route}${receivers}  webhook_configs: [{ url: 'http://h/hush4', http_config: { authorization: { credentials: hush5 } } }]
  slack_configs: [{ channel: '#ops' }]
  email_configs: []`;
  const config = load(text);
  expect(config.redactedText).not.toContain('hush');
  expect(config.redactedText).toContain('#ops');
  expect(load(config.redactedText.replaceAll('<secret>', 'http://x')).receivers).toHaveLength(1);
  expect(JSON.stringify(config.receivers.map(({ integrations }) => integrations))).not.toMatch(/hush[1245]/);
  expect(() => load(text.replace('email_configs', 'emal_configs'))).toThrow(/^(?!.*hush)/s);
});

it.each([
  ["title: '{{ .Nope'", 'title'],
  ['text: \'{{ template "missing" . }}\'', 'text'],
  ["title: '{{ .Status.foo.bar }}'", 'title'],
])('refuses a template that cannot work: %s', (field, name) => {
  const config = load(`${route}${receivers}  inbox_configs:\n  - send_resolved: true\n    ${field}\n`);
  expect(() => checkTemplates(config)).toThrow(
    `alertmanager.yml:6: receivers[0].inbox_configs[0].${name}: the template fails`,
  );
});

it('reads template files by pattern, relative to the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-alerting-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'one.tmpl'), '{{ define "mine" }}Mine: {{ .Status }}{{ end }}');
  writeFileSync(join(folder, 'two.txt'), '{{ nonsense');
  const text = `${route}templates: ['*.tmpl', 'none/*.tmpl']\n${receivers}  inbox_configs: [{ title: '{{ template "mine" . }}' }]`;
  const config = load(text, folder);
  expect(config.templates.map(({ file }) => file)).toEqual([join(folder, 'one.tmpl')]);
  checkTemplates(config);
  writeFileSync(join(folder, 'bad.tmpl'), '\n{{ if }}');
  expect(() => checkTemplates(load(text, folder))).toThrow(`${join(folder, 'bad.tmpl')}:2: `);
});
