import { describe, expect, it } from 'vitest';
import type { AlertInput, NotificationInput } from './data.ts';
import { NotificationTemplates } from './notification-templates.ts';

const nowMs = Date.parse('2024-05-06T07:08:09Z');

function alert(status: 'firing' | 'resolved', pod: string): AlertInput {
  return {
    status,
    labels: { alertname: 'Down', severity: 'critical', pod },
    annotations: { summary: 'It <b>is</b> down', description: 'a & b' },
    startsAtMs: Date.parse('2024-01-02T03:04:05.678Z'),
    endsAtMs: 0,
    generatorURL: 'http://p/graph?a=b&c=d',
    fingerprint: 'abc',
  };
}

const input: NotificationInput = {
  receiver: 'slack ops',
  status: 'firing',
  alerts: [alert('firing', 'p1'), alert('resolved', 'p2')],
  groupLabels: { alertname: 'Down' },
  routeLabels: { team: 'x' },
  externalURL: 'http://am:9093',
};

function bind(changes: Partial<NotificationInput> = {}) {
  return new NotificationTemplates({ clock: { now: () => nowMs } }).bind({ ...input, ...changes });
}

describe('the data of a notification', () => {
  it.each([
    [
      '{{.Status}} {{.Receiver}} {{len .Alerts}} {{len .Alerts.Firing}} {{.Alerts.Resolved | len}}',
      'firing slack ops 2 1 1',
    ],
    [
      '{{.CommonLabels}} {{.CommonAnnotations.description}}|{{.CommonLabels.pod}}|',
      'alertname=Down, severity=critical a & b||',
    ],
    [
      '{{range (index .Alerts 0).Labels.SortedPairs}}{{.Name}}={{.Value}};{{end}}',
      'alertname=Down;pod=p1;severity=critical;',
    ],
    [
      '{{(.CommonLabels.Remove .GroupLabels.Names).Values | join "-"}} {{.CommonLabels.SortedPairs.Values | join " "}}',
      'critical Down critical',
    ],
    [
      '{{with index .Alerts 0}}{{.StartsAt}} {{.EndsAt}} {{.EndsAt.IsZero}} {{.StartsAt.Unix}} {{.StartsAt.Format "Jan 2"}} {{.Fingerprint}}{{end}}',
      '2024-01-02 03:04:05.678 +0000 UTC 0001-01-01 00:00:00 +0000 UTC true 1704164645 Jan 2 abc',
    ],
    ['{{routeLabels "team"}}{{routeLabels "q"}} {{.RouteLabels.team}}', 'x x'],
  ])('%s', (template, expected) => {
    expect(bind().text(template)).toBe(expected);
  });

  it('has no other fields', () => {
    expect(() => bind().text('{{.Nope}}', 'title')).toThrow(
      'template: title:1:2: executing "title" at <.Nope>: can\'t evaluate field Nope in type template.Data',
    );
  });
});

describe("Alertmanager's functions", () => {
  it.each([
    [
      '{{toUpper "aé"}} {{toLower "AÉ"}} {{title "o\'neil HTTP500 foo-bar 3rd"}} {{trimSpace " a "}}|',
      "AÉ aé O'neil Http500 Foo-Bar 3Rd a|",
    ],
    [
      '{{match "^a.c$" "abc"}} {{reReplaceAll "(?P<x>a)(b)" "${2}-${x}" "abab"}} {{stringSlice "a" "b" | join ","}}',
      'true b-ab-a a,b',
    ],
    [
      '{{date "Mon, 02 Jan 2006 15:04:05.000 MST -0700 Z07:00 3PM 002" (tz "Europe/Paris" (index .Alerts 0).StartsAt)}}',
      'Tue, 02 Jan 2024 04:04:05.678 CET +0100 +01:00 4AM 002',
    ],
    [
      '{{tz "America/New_York" now}} {{now.Weekday}} {{(now.Add 3600000000000).Hour}} {{(now.AddDate 0 1 -6).Format "2006-01-02"}}',
      '2024-05-06 03:08:09 -0400 EDT Monday 8 2024-05-31',
    ],
    [
      '{{$d := since (index .Alerts 0).StartsAt}}{{$d}} {{$d.Hours | printf "%.1f"}} {{humanizeDuration $d}}',
      '3004h4m3.322s 3004.1 125d 4h 4m 3s',
    ],
    [
      '{{humanizeDuration 0.0013}} {{humanizeDuration 12.3456}} {{humanizeDuration "3661.5"}} {{humanizeDuration 0}} {{humanizeDuration -90}}',
      '1.3ms 12.35s 1h 1m 1s 0s -1m 30s',
    ],
    [
      '{{toDate "2006-01-02" "2024-02-30"}} {{mustToDate "Jan _2 2006 3:04PM -07:00" "Feb  3 2024 4:05PM +02:00"}}',
      '0001-01-01 00:00:00 +0000 UTC 2024-02-03 16:05:00 +0200 +0200',
    ],
    [
      '{{toJson (dict "b" (list 1 "<" nil) "a" 1.5)}} {{toJson .GroupLabels}} {{toJson (index .Alerts 0).StartsAt}}',
      '{"a":1.5,"b":[1,"\\u003c",null]} {"alertname":"Down"} "2024-01-02T03:04:05.678Z"',
    ],
    [
      '{{base64encode "hé?>"}} {{base64encode "é" | base64decode}} {{urlUnescape "a%20b+c%C3%A9"}}',
      'aMOpPz4= é a b cé',
    ],
    ['{{$l := list 1}}{{$l = append $l "a" 2.5}}{{$l}} {{index (dict "k" "v") "k"}}', '[1 a 2.5] v'],
  ])('%s', (template, expected) => {
    expect(bind().text(template)).toBe(expected);
  });

  it.each([
    ['{{tz "Nope/X" now}}', 'unknown time zone Nope/X'],
    ['{{mustToDate "2006" "x"}}', 'error calling mustToDate: parsing time "x"'],
    ['{{match "(" "x"}}', 'error calling match: error parsing regexp: missing closing ): `(`'],
    ['{{dict "a"}}', 'dict requires an even number'],
    ['{{base64decode "é"}}', 'illegal base64 data at input byte 0'],
    ['{{urlUnescape "%zz"}}', 'invalid URL escape "%zz"'],
    ['{{$x := printf "%100000s" ""}}{{reReplaceAll "" $x $x}}', 'could exceed'],
    ['{{$x := list 1 2}}{{range 60}}{{$x = list $x $x}}{{end}}{{toJson $x}}', 'exceeds'],
    ['{{$x := list 1 2}}{{range 60}}{{$x = list $x $x}}{{end}}{{$x}}', 'exceeds'],
  ])('%s fails', (template, message) => {
    expect(() => bind().text(template)).toThrow(message);
  });

  it('says what is safe in HTML already', () => {
    expect(bind().html('{{safeHtml "<b>"}}{{"<i>"}}<a href="{{safeUrl "tel:1"}}">x</a>')).toBe(
      '<b>&lt;i&gt;<a href="tel:1">x</a>',
    );
  });
});

describe('the templates of a known configuration', () => {
  const title = `{{ if eq .Status "firing" }}
{{ .Alerts.Firing | len }} {{ .CommonLabels.alertname }} firing
{{ else }}
{{ .CommonLabels.alertname }} resolved
{{ end }}`.replaceAll('\n', ' ');
  const text = `{{ range .Alerts }}
*Alert:* {{ .Annotations.summary }} {{ if .Labels.severity }}- \`{{ .Labels.severity }}\`{{ end }}
*Description:* {{ .Annotations.description }}
*Details:*
{{ range .Labels.SortedPairs }} • *{{ .Name }}:* {{ .Value }}
{{ end }}
{{ end }}`;

  it('give a Slack message', () => {
    const bound = bind({ alerts: [alert('firing', 'p1')] });
    expect(bound.text(title)).toBe(' 1 Down firing ');
    expect(bound.text('{{ template "slack.default.titlelink" . }}')).toBe(
      'http://am:9093/#/alerts?receiver=slack+ops',
    );
    expect(bound.text(text)).toBe(
      '\n*Alert:* It <b>is</b> down - `critical`\n*Description:* a & b\n*Details:*\n • *alertname:* Down\n • *pod:* p1\n • *severity:* critical\n\n',
    );
    expect(bind({ status: 'resolved', alerts: [alert('resolved', 'p1')] }).text(title)).toBe(
      ' Down resolved ',
    );
  });
});

describe('the default templates', () => {
  it('give a subject with the status, how many fire, what they are grouped by and what else they share', () => {
    expect(bind().text('{{ template "email.default.subject" . }}')).toBe('[FIRING:1] Down (critical)');
    expect(bind({ status: 'resolved', groupLabels: {} }).text('{{ template "__subject" . }}')).toBe(
      '[RESOLVED] (Down critical)',
    );
  });

  it('all run, and none of them in HTML lets what an alert says be markup', () => {
    const templates = new NotificationTemplates({ clock: { now: () => nowMs } });
    const bound = templates.bind(input);
    const names = templates.names.filter(
      (name) => name.includes('.default.') && name !== 'pagerduty.default.instances',
    );
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      expect(bound.text(`{{ template "${name}" . }}`), name).not.toContain('<no value>');
      expect(bound.html(`{{ template "${name}" . }}`), name).not.toContain('<b>is</b>');
    }
    expect(bound.text('{{ template "pagerduty.default.instances" .Alerts.Firing }}')).toContain(
      ' - pod = p1\n',
    );
  });

  it('give an e-mail that names every label, annotation and source', () => {
    const html = bind().html('{{ template "email.default.html" . }}');
    for (const part of [
      'p1',
      'p2',
      'It &lt;b&gt;is&lt;/b&gt; down',
      'href="http://p/graph?a=b&amp;c=d"',
      '1 firing',
      '1 resolved',
      'receiver=slack&#43;ops',
    ])
      expect(html).toContain(part);
  });

  it('are replaced by what a file defines', () => {
    const templates = new NotificationTemplates({ clock: { now: () => nowMs } });
    templates.add('{{ define "slack.default.text" }}ours{{ end }}', 'a.tmpl');
    expect(templates.bind(input).text('{{ template "slack.default.text" . }}')).toBe('ours');
    expect(() => templates.add('{{ define "x" }}', 'bad.tmpl')).toThrow(
      'template: bad.tmpl:1: unexpected EOF',
    );
  });
});
