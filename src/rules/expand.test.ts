import { expect, it } from 'vitest';
import { makeExpand, templateProblem } from './expand.ts';

const expand = makeExpand({
  rule: 'Down',
  externalLabels: { cluster: 'c1' },
  externalURL: 'http://skopos.test/path',
  atMs: 1_700_000_000_000,
  query: (expr) =>
    expr === 'none'
      ? []
      : [
          { labels: { __name__: 'up', job: 'b' }, value: 2 },
          { labels: { __name__: 'up', job: 'a' }, value: 1 },
        ],
});

const sample = { labels: { instance: 'host.domain:9090', job: 'x', bytes: '2048' }, value: 1234.5 };

it.each([
  ['plain text', 'plain text'],
  ['{{ $labels.instance }} {{ .Labels.job }}', 'host.domain:9090 x'],
  ['{{ $labels.missing }}', ''],
  ['{{ $value }} {{ .Value | printf "%.0f" }}', '1234.5 1234'],
  ['{{ $externalLabels.cluster }} {{ $externalURL }}', 'c1 http://skopos.test/path'],
  ['{{ externalURL }} {{ pathPrefix }}', 'http://skopos.test/path /path'],
  ['{{ humanize $value }} {{ humanize1024 $labels.bytes }}', '1.234k 2ki'],
  ['{{ humanizeDuration $value }} {{ humanizePercentage 0.5 }}', '20m 34s 50%'],
  ['{{ humanizeTimestamp 1700000000 }}', '2023-11-14 22:13:20 +0000 UTC'],
  ['{{ range query "up" }}{{ .Labels.job }}={{ .Value }};{{ end }}', 'b=2;a=1;'],
  ['{{ with query "up" }}{{ . | first | value }} {{ . | first | label "job" }}{{ end }}', '2 b'],
  ['{{ range query "up" | sortByLabel "job" }}{{ .Labels.job }}{{ end }}', 'ab'],
  ['{{ if query "none" }}some{{ else }}none{{ end }}', 'none'],
  ['{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }}', 'host.domain host:9090'],
  ['{{ title "a b" }} {{ toUpper "a" }} {{ toLower "A" }}', 'A B A a'],
  [
    '{{ match "^ho" $labels.instance }} {{ reReplaceAll "(.*):.*" "$1" $labels.instance }}',
    'true host.domain',
  ],
  ['{{ graphLink "up == 0" }}', '/graph?g0.expr=up+%3D%3D+0&g0.tab=0'],
  ['{{ parseDuration "1m30s" }} {{ urlQueryEscape "a b&c" }}', '90 a+b%26c'],
  ['{{ toDuration 3725 }} {{ (toTime 1700000000).Year }}', '1h2m5s 2023'],
])('%s gives %j', (text, expected) => {
  expect(expand(text, sample)).toBe(expected);
});

it.each([
  ['{{ .Nope }}', /^<error expanding template: .*Nope/],
  ['{{ template "none" }}', /^<error expanding template: .*none/],
  ['{{ query "none" | first }}', /^<error expanding template: .*first\(\) called on vector with no elements/],
  ['{{ humanize "x" }}', /^<error expanding template: .*number/],
  ['{{ end }}', /^<error expanding template: /],
])('%s gives the error as its text, so that the alert still fires', (text, expected) => {
  expect(expand(text, sample)).toMatch(expected);
});

it.each([
  ['{{ $labels.a }}', undefined],
  ['{{ $label.a }}', /undefined variable "\$label"/],
  ['{{ nofunction }}', /function "nofunction" not defined/],
  ['{{ if }}', /missing value for if/],
])('finds before it runs what is wrong with %s', (text, expected) => {
  const problem = templateProblem(text);
  if (expected === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(expected);
});
