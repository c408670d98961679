import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NotificationTemplates } from '../../src/template/alertmanager/notification-templates.ts';

/** Another amtool, such as one made of a newer Alertmanager, may stand in for the one of the system. */
const amtool = process.env['SKOPOS_AMTOOL'] ?? '/usr/bin/amtool';
/** An amtool that somebody names is a newer one. */
const isNewer = process.env['SKOPOS_AMTOOL'] !== undefined;
const installed = existsSync(amtool);
const folder = mkdtempSync(join(tmpdir(), 'skopos-amtool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startsAt = '2024-01-02T03:04:05.678Z';
const alert = (status: 'firing' | 'resolved', pod: string) => ({
  status,
  labels: { alertname: 'Down', severity: 'critical', pod, namespace: 'é<x>' },
  annotations: {
    summary: `${pod} "is" <down> & out`,
    url: 'http://x/a b?c=d&e=f',
    js: 'javascript:alert(1)',
  },
  generatorURL: 'http://p/graph?g0.expr=up+%3D%3D+0&x=1',
  fingerprint: 'a1b2',
});
const alerts = [alert('firing', 'p1'), alert('firing', 'p2'), alert('resolved', 'p3')];
const shared = {
  routeLabels: {},
  receiver: 'team ops',
  status: 'firing' as const,
  groupLabels: { alertname: 'Down' },
  commonLabels: { alertname: 'Down', severity: 'critical', namespace: 'é<x>' },
  commonAnnotations: { js: 'javascript:alert(1)' },
  externalURL: 'http://am:9093',
};
const dataFile = join(folder, 'data.json');
writeFileSync(
  dataFile,
  JSON.stringify({
    ...shared,
    alerts: alerts.map((one) => ({ ...one, startsAt, endsAt: '0001-01-01T00:00:00Z' })),
  }),
);
writeFileSync(join(folder, 'files.tmpl'), '{{ define "peer.pair" }}{{ .Name }}:{{ .Value }}{{ end }}');

const templates = new NotificationTemplates({ clock: { now: () => 0 } });
templates.add('{{ define "peer.pair" }}{{ .Name }}:{{ .Value }}{{ end }}', 'files.tmpl');
const bound = templates.bind({
  ...shared,
  alerts: alerts.map((one) => ({ ...one, startsAtMs: Date.parse(startsAt), endsAtMs: 0 })),
});

type Kind = 'text' | 'html';

async function theirs(
  template: string,
  kind: Kind,
  globs = [`${folder}/*.tmpl`],
  file = dataFile,
): Promise<string> {
  const args = [
    'template',
    'render',
    ...globs.map((glob) => `--template.glob=${glob}`),
    `--template.data=${file}`,
  ];
  try {
    const { stdout } = await promisify(execFile)(amtool, [
      ...args,
      `--template.type=${kind}`,
      `--template.text=${template}`,
    ]);
    return stdout;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return `error: ${(stderr ?? '').replace(/^amtool: error: /, '').trim()}`;
  }
}

function ours(template: string, kind: Kind): string {
  try {
    return bound[kind](template);
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}

/** Debian's amtool is made with an older Go, which leaves the types out of some messages. */
function comparable(result: string): string {
  return result
    .trimEnd()
    .replace(/(incompatible types for comparison|non-comparable type).*$/s, '$1')
    .replace(/can't use (\S+) to iterate over more than one variable/, "range can't iterate over $1")
    .replace(
      /parsing time (\S+): (?:month|day|hour|minute|second|a part is) out of range/,
      'parsing time $1: out of range',
    )
    .replace(/input byte \d+$/, 'input byte N')
    .replace(/(cannot index slice\/array with type|len of type) .*$/s, '$1');
}

const path = fc.constantFrom(
  '.Status',
  '.Receiver',
  '.ExternalURL',
  '.CommonLabels.severity',
  '.CommonLabels.nope',
  '.CommonLabels.namespace',
  // Sets of labels print otherwise since 0.29, and their lists have a name.
  ...(isNewer
    ? ['.GroupLabels', '.GroupLabels.Names', '.CommonLabels.Values']
    : ['(join "+" .GroupLabels.Names)']),
  '.Alerts.Firing',
  '.Alerts.Resolved',
  '.Alerts',
  '(index .Alerts 0).Labels.pod',
  '(index .Alerts 1).StartsAt',
  '(index .Alerts 2).Annotations.summary',
  '(.CommonLabels.Remove .GroupLabels.Names).Values',
  '.CommonLabels.SortedPairs.Names',
  '$.Nope',
  '.Status.x',
);
const literal = fc.constantFrom(
  '"a"',
  '"b c"',
  '1',
  '-3',
  '1.5',
  '1e6',
  '0x1F',
  "'c'",
  '`r\\`',
  'true',
  'false',
  '""',
  '0',
  '"%d"',
  '2.0',
);
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = fc.oneof(
    { maxDepth: 3 },
    path,
    literal,
    tie('expression').map((text) => `(${text})`),
  );
  const one = (name: string) => inner.map((a) => `${name} ${a}`);
  const two = (name: string) => fc.tuple(inner, inner).map(([a, b]) => `${name} ${a} ${b}`);
  return {
    expression: fc.oneof(
      { maxDepth: 3 },
      path,
      literal,
      ...['len', 'not', 'toUpper', 'toLower', 'title', 'js', 'print', 'println'].map(one),
      ...['eq', 'ne', 'lt', 'ge', 'and', 'or', 'index', 'join', 'match', 'print', 'slice'].map(two),
      fc
        .tuple(
          fc.constantFrom('%v', '%s', '%d', '%5.2f', '%-8q|', '%x', '%05d', '%+v', '%g', '%T', '%t', '%3c'),
          inner,
        )
        .map(([format, a]) => `printf "${format}" ${a}`),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('len', 'toUpper', 'printf "%v-%v" 1', 'join ","', 'print 1', 'eq "a"'),
        )
        .map(([a, b]) => `${a} | ${b}`),
      inner.map((a) => `reReplaceAll "(\\\\w)e" "$1<${'$'}{1}>" ${a}`),
    ),
  };
});
const { block } = fc.letrec<{ block: string }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.constantFrom('text', ' a \n', '\n  b', '<p>', ' • '),
    expression.map((e) => `{{ ${e} }}`),
    expression.map((e) => `{{- ${e} -}} `),
    fc
      .tuple(expression, tie('block'), tie('block'))
      .map(([e, a, b]) => `{{ if ${e} }}${a}{{ else }}${b}{{ end }}`),
    fc.tuple(expression, tie('block')).map(([e, a]) => `{{ with ${e} }}${a}{{ . }}{{ end }}`),
    fc
      .tuple(expression, tie('block'))
      .map(([e, a]) => `{{ range $i, $e := ${e} }}${a}{{ $i }}={{ $e }};{{ end }}`),
    tie('block').map((a) => `{{ range .Alerts }}{{ .Labels.pod }}${a}{{ else }}none{{ end }}`),
    expression.map((e) => `{{ $x := ${e} }}{{ $x }}`),
    fc.constant('{{ range .CommonLabels.SortedPairs }}{{ template "peer.pair" . }} {{ end }}'),
    fc.constantFrom('{{', '{{ end }}', '{{ $y }}', '{{ foo }}', '{{/* c */}}', '{{- /* c */ -}}', '{{ if }}'),
  ),
}));
/** Under these verbs Go shows what is inside of a `time.Time`, and ours has other insides. */
const showsInsides = /%(?:3c|05d|d|5\.2f|g|t)".*(?:\.Alerts|StartsAt)/s;

const generated = fc
  .sample(
    fc.array(block, { minLength: 1, maxLength: 3 }).map((blocks) => blocks.join('')),
    { numRuns: 500, seed: Number(process.env['SKOPOS_SEED'] ?? 20) },
  )
  .filter((source) => !showsInsides.test(source));

const place = fc.constantFrom(
  ['<b>', '</b>'],
  ['<a title="', '">x</a>'],
  ["<a title='", "'>x</a>"],
  ['<a title=', '>x</a>'],
  ['<a href="', '">x</a>'],
  ['<a href="/q?a=', '&b=c">x</a>'],
  ['<a href="http://x/', '">x</a>'],
  ['<img src=', '>'],
  ['<td style="color: ', '">x</td>'],
  ['<title>', '</title>'],
  ['<!-- ', ' -->x'],
  ['a < b ', ' > c'],
);
const value = fc.constantFrom(
  '.Status',
  '.CommonAnnotations.js',
  '(index .Alerts 0).Annotations.summary',
  '(index .Alerts 0).Annotations.url',
  '(index .Alerts 0).GeneratorURL',
  '.CommonLabels.namespace',
  '.CommonLabels.nope',
  'len .Alerts',
  'safeHtml "<i>a&amp;</i>"',
  '.GroupLabels',
  '.CommonLabels.namespace | html',
);
const markup = fc.sample(
  fc
    .tuple(place, value)
    // Go has since become stricter with these, or refuses what it cannot tell.
    .filter(([[before], inner]) => !(before?.includes('style') && inner.includes('namespace')))
    .filter(([[before], inner]) => !(before?.endsWith('=') && /nope|html$/.test(inner)))
    .map(([[before, after], inner]) => `${before}{{ ${inner} }}${after}`),
  { numRuns: 120, seed: Number(process.env['SKOPOS_SEED'] ?? 7) },
);

/** The templates that Alertmanager ships, and examples, where they are at hand; read where they are. */
const shipped = join(import.meta.dirname, '../../../shared/conformance/alertmanager');
const shippedFiles = ['templates/default.tmpl', 'templates/email.tmpl', 'examples/teams.tmpl']
  .map((file) => join(shipped, file))
  .filter((file) => existsSync(file));

const notice = installed ? '' : ' (skipped: amtool is missing; install prometheus-alertmanager)';

/** Renders with both, four at a time, and gives the templates on which they differ. */
async function differences(sources: readonly string[], kind: Kind): Promise<object[]> {
  const found: object[] = [];
  const queue = [...new Set(sources)];
  const worker = async (): Promise<void> => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
      const expected = comparable(await theirs(source, kind));
      const actual = comparable(ours(source, kind));
      if (expected !== actual && !isOlderNotation(expected, source)) found.push({ source, expected, actual });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return found;
}

/**
 * Before 0.34 a label set was printed as Go prints a map, and lists of names were plain slices; a newer amtool prints what we
 * do. In CSS that map is nothing that may stand there.
 */
function isOlderNotation(expected: string, source: string): boolean {
  if (isNewer) return false;
  return (
    /map(?:\[|%5b)|got \[\]string/i.test(expected) ||
    (expected.includes('ZgotmplZ') && /Labels \}\}/.test(source))
  );
}

/** Blank lines at the end are amtool's own. */
const trimmed = (text: string) => text.replace(/\n+$/, '');

describe.skipIf(!installed || shippedFiles.length === 0)(
  `templates that are shipped with Alertmanager${notice}`,
  () => {
    const names = shippedFiles.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\{\{-?\s*define\s+"([^"]+)"/g)].map((found) => found[1] ?? ''),
    );

    const variants = [
      { status: 'firing', alerts },
      { status: 'firing', alerts: alerts.slice(0, 1) },
      { status: 'resolved', alerts: alerts.slice(2) },
    ] as const;

    it.each(variants.map((variant, i) => [variant.status, variant.alerts.length, i] as const))(
      'give the same: %s, %i alerts',
      async (_status, _count, i) => {
        const variant = variants[i] ?? variants[0];
        const file = join(folder, `shipped-${i}.json`);
        const input = { ...shared, ...variant };
        writeFileSync(
          file,
          JSON.stringify({
            ...input,
            alerts: variant.alerts.map((one) => ({ ...one, startsAt, endsAt: '0001-01-01T00:00:00Z' })),
          }),
        );
        const own = new NotificationTemplates({ clock: { now: () => 0 } });
        for (const path of shippedFiles) own.add(readFileSync(path, 'utf8'), basename(path));
        const rendered = own.bind({
          ...input,
          alerts: variant.alerts.map((one) => ({ ...one, startsAtMs: Date.parse(startsAt), endsAtMs: 0 })),
        });
        const found: object[] = [];
        for (const name of names) {
          // A list of alerts is what these take.
          const dot =
            name.startsWith('__text_alert_list') || name === 'pagerduty.default.instances' ? '.Alerts' : '.';
          const template = `{{ template "${name}" ${dot} }}`;
          for (const kind of ['text', 'html'] as const) {
            const expected = trimmed(await theirs(template, kind, shippedFiles, file));
            const actual = trimmed(rendered[kind](template));
            if (expected !== actual) found.push({ template, kind, expected, actual });
          }
        }
        expect(names.length).toBeGreaterThan(60);
        expect(found).toEqual([]);
      },
    );
  },
);

/** What functions give that Debian's amtool does not have; asked of a newer one. */
const newer = [
  '{{ trimSpace " a b\\n" }}|',
  '{{ urlUnescape "a%20b+c%C3%A9" }}',
  '{{ urlUnescape "%zz" }}',
  '{{ (index .Alerts 0).StartsAt | date "2006-01-02 15:04:05.000 MST Mon Jan _2 Z07:00" }}',
  '{{ (index .Alerts 0).StartsAt | tz "Europe/Paris" | date "15:04 MST -0700" }}',
  '{{ (index .Alerts 0).StartsAt | tz "Asia/Kolkata" }}',
  '{{ tz "Nowhere/Land" (index .Alerts 0).StartsAt }}',
  '{{ humanizeDuration 3661 }} {{ humanizeDuration 0.5 }} {{ humanizeDuration "90061.2" }} {{ humanizeDuration -5 }}',
  '{{ humanizeDuration "x" }}',
  '{{ humanizeDuration .CommonLabels }}',
  '{{ toDate "2006-01-02" "2024-02-29" }} {{ toDate "2006-01-02" "nonsense" }}',
  '{{ mustToDate "2006-01-02 15:04 -0700" "2024-02-29 10:11 +0530" }}',
  '{{ mustToDate "2006-01-02" "2024-13-01" }}',
  '{{ toJson .CommonLabels }} {{ toJson .GroupLabels.Names }} {{ toJson 1.5 }} {{ toJson "<é>" }} {{ toJson nil }}',
  '{{ .Alerts | toJson }}',
  '{{ . | toJson }}',
  '{{ (index .Alerts 0) | toJson }}',
  '{{ toJson (dict "b" (list 1 2.5 "x" nil true) "a" (dict)) }}',
  '{{ base64encode "a?>é" }} {{ base64encode "a?>é" | base64decode }}',
  '{{ base64decode "!!" }}',
  '{{ base64decode "YQ" }}',
  '{{ list 1 "a" }} {{ len (list) }} {{ index (list "x" "y") 1 }}',
  '{{ $l := list 1 }}{{ $l = append $l 2 3 }}{{ $l }}{{ len $l }}',
  '{{ append (list) }}|{{ append "x" 1 }}',
  '{{ append .GroupLabels.Names "x" }}',
  '{{ $d := dict "a" 1 "b" "two" }}{{ $d.a }} {{ $d.b }} {{ $d.c }} {{ $d }}',
  '{{ dict "a" }}',
  '{{ dict 1 2 }}',
  '{{ range $k, $v := dict "b" 1 "a" 2 }}{{ $k }}{{ $v }};{{ end }}',
  '{{ range list "a" nil }}[{{ . }}]{{ end }}',
  '{{ (list "a" 1) | len }} {{ slice (list 1 2 3) 1 }}',
  '{{ range list .Status }}{{ .x }}{{ end }}',
  '{{ (dict "a" .CommonLabels).a.severity }}',
  '{{ eq (list 1) (list 1) }}',
  '{{ .RouteLabels }}|{{ routeLabels "x" }}|{{ .NotificationReason }}|',
  '{{ title "hello wORLD o\'neil foo-bar x_y 3rd ÉCOLE" }}',
  '{{ stringSlice "a" "b" | join "+" }} {{ reReplaceAll "(a)(b)?" "$2-${1}" "abca" }}',
  '{{ match "^a.c$" "abc" }} {{ match "(" "a" }}',
  '{{ (index .Alerts 0).StartsAt.Format "2006" }} {{ (index .Alerts 0).StartsAt.Unix }} {{ (index .Alerts 0).EndsAt.IsZero }}',
  '{{ (index .Alerts 0).StartsAt.Add 3600000000000 }}',
  '{{ (index .Alerts 0).Fingerprint }} {{ len .Alerts.Firing }} {{ .CommonLabels.SortedPairs }}',
];

it.skipIf(!isNewer)('functions since 0.26 give the same as a newer amtool’s (SKOPOS_AMTOOL)', async () => {
  expect(await differences(newer, 'text')).toEqual([]);
});

describe.skipIf(!installed)(`templates, beside amtool's${notice}`, () => {
  it('give the same text, or fail in the same place for the same reason', async () => {
    expect(await differences(generated, 'text')).toEqual([]);
  });

  it('escape values in HTML in the same way', async () => {
    expect(await differences(markup, 'html')).toEqual([]);
  });
});
