import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narrow } from '../../src/template/number.ts';
import { type MissingKey, Templates, typed } from '../../src/template/templates.ts';
import { GoNamed, GoSlice, goFloat, goStringMap, goStruct } from '../../src/template/value.ts';

/** The Go on this machine, if there is one. */
function goVersion(): string | undefined {
  try {
    return /go1\.(\d+)/.exec(execFileSync('go', ['version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined;
  }
}

/** Messages and escaping are those of this version. */
const oldest = 26;
const version = goVersion();
const isThere = version !== undefined && Number(version) >= oldest;
const seed = Number(process.env['SKOPOS_SEED'] ?? 11);
const notice = isThere ? '' : ` (skipped: no Go 1.${oldest} or newer here)`;

const folder = mkdtempSync(join(tmpdir(), 'skopos-go-templates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  readonly t: string;
  readonly html?: boolean;
  readonly missing?: MissingKey;
}

interface Reply {
  readonly out: string;
  readonly err: string;
}

function theirs(cases: readonly Case[]): readonly Reply[] {
  const out = execFileSync(join(folder, 'oracle'), {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(out) as readonly Reply[];
}

const functions = {
  upper: typed(['string'], (text: string) => text.toUpperCase()),
  join: typed(['string', '[]string'], (separator: string, parts: readonly string[]) => parts.join(separator)),
  add: typed(['int', 'int'], (a: number | bigint, b: number | bigint) =>
    narrow(BigInt.asIntN(64, BigInt(a) + BigInt(b))),
  ),
  half: typed(['float64'], (a: number) => goFloat(a / 2)),
  fail: typed([], () => {
    throw new Error('boom');
  }),
  list: typed(
    ['...any'],
    (...items: unknown[]) =>
      new GoSlice(
        '[]interface {}',
        items.map((item) => item ?? null),
      ),
  ),
  html_: typed(['string'], (text: string) => new GoNamed('template.HTML', text)),
  url_: typed(['string'], (text: string) => new GoNamed('template.URL', text)),
};

const methods = {
  Repeat: typed(['string', 'int'], (text: string, times: number) => text.repeat(times)),
  Fail: typed([], () => {
    throw new Error('no luck');
  }),
};
const alert = (fields: Record<string, unknown>) =>
  goStruct('main.alert', { ...fields, Nothing: null }, methods);
const labels = goStringMap({ k: 'v', sev: 'crit<>', 'a-b': 'dash' });

/** The same as in template-oracle/main.go. */
const data = {
  text: 'hé<b>"',
  other: "it's & that\n</script>",
  url: 'javascript:alert(1)',
  good: 'https://x.org/a b?c=d&e=f#g',
  int: 42,
  neg: -3,
  zero: 0,
  float: 2.5,
  whole: goFloat(1e7),
  yes: true,
  no: false,
  nil: null,
  blank: '',
  list: ['a', 'b<', 'c'],
  mixed: [1, 'x', null, 2.5, true, ['y'], { z: 1 }],
  empty: new GoSlice('[]string', []),
  map: { b: 2, a: 'x', n: null, deep: { er: 'v' } },
  labels,
  alert: alert({ Status: 'firing', Labels: labels, Count: 7, Ratio: 2.25 }),
  alerts: [
    alert({ Status: 'firing', Labels: goStringMap({ i: '1' }), Count: 1, Ratio: goFloat(1) }),
    alert({ Status: 'resolved', Labels: goStringMap({ i: '2' }), Count: 2, Ratio: 0.5 }),
  ],
};

function ours({ t, html = false, missing = 'default' }: Case): Reply {
  try {
    return {
      out: new Templates({ functions, missingKey: missing }).render(t, data, { name: 'n', html }),
      err: '',
    };
  } catch (error) {
    return { out: '', err: (error as Error).message };
  }
}

const path = fc.constantFrom(
  ...[
    '.',
    '.text',
    '.int',
    '.neg',
    '.zero',
    '.float',
    '.whole',
    '.yes',
    '.no',
    '.nil',
    '.blank',
    '.list',
    '.mixed',
  ],
  ...[
    '.empty',
    '.map',
    '.map.a',
    '.map.n',
    '.map.deep.er',
    '.map.zz',
    '.labels',
    '.labels.k',
    '.labels.zz',
    '.alert',
  ],
  ...[
    '.alert.Status',
    '.alert.Labels.sev',
    '.alert.Count',
    '.alert.Ratio',
    '.alert.Nothing',
    '.alert.Nope',
    '.alerts',
  ],
  ...[
    '.zz',
    '.zz.y',
    '.text.x',
    '.int.x',
    '.alert.Repeat',
    '(.alert.Repeat "ab" 2)',
    '(index .alerts 1).Count',
    '$',
    '$.int',
  ],
  ...[
    '.alert.Fail',
    '(index .list 1)',
    '(index .map "a")',
    '(slice .list 1)',
    '.nil.x',
    '.alert.Status.x',
    '$x',
    '.labels.K',
  ],
);
const literal = fc.constantFrom(
  ...[
    '"a"',
    '"b c"',
    '"é\\n\\t\\"\\u00e9\\x41"',
    '`r\\`',
    '1',
    '0',
    '-3',
    '+4',
    '1.5',
    '1e3',
    '1e400',
    '.5',
    '0x1F',
    '0b11',
  ],
  ...['0o17', '017', '1_000', '0x1p4', "'c'", "'\\n'", "'é'", 'true', 'false', 'nil', '9223372036854775807'],
  ...['9223372036854775808', '""', '"%d"', '1.0', '1e6', '0.1', '123456789.123'],
);
const verbs = fc.constantFrom(
  ...[
    '%v',
    '%+v',
    '%T',
    '%s',
    '%q',
    '%d',
    '%5d',
    '%-5d|',
    '%05d',
    '%+d',
    '%x',
    '%X',

    '%o',
    '%b',
    '%c',
  ],
  ...[
    '%U',
    '%t',
    '%e',
    '%f',
    '%.2f',
    '%8.3f',
    '%g',
    '%G',
    '%10s|',
    '%-10s|',
    '%.1s',

    '% x',
    '%5t',
    '%%',
    '%!',
    '%z',
  ],
  ...[
    '%d %d',
    '%[2]v %[1]v',
    '%*d',
    '%.*f',
    '%6.2f%%',
    '%x',
    '%08.3f',
    '%+.1e',
    '% d',

    '%O',
    '%[3]d',
    '%#v',
  ],
);

/** Under these, Go shows the inside of what we keep otherwise: pointers, and structs of the test itself. */
const showsInsides = /%#v/;

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = fc.oneof(
    { maxDepth: 3 },
    path,
    literal,
    tie('expression').map((text) => `(${text})`),
  );
  const one = (name: string) => inner.map((a) => `${name} ${a}`);
  const two = (name: string) => fc.tuple(inner, inner).map(([a, b]) => `${name} ${a} ${b}`);
  const three = (name: string) => fc.tuple(inner, inner, inner).map(([a, b, c]) => `${name} ${a} ${b} ${c}`);
  return {
    expression: fc.oneof(
      { maxDepth: 3 },
      path,
      literal,
      ...[
        'len',
        'not',
        'upper',
        'half',
        'js',
        'html',
        'urlquery',
        'print',
        'println',
        'call',
        'index',
        'slice',
        'list',
      ].map(one),
      ...[
        'eq',
        'ne',
        'lt',
        'le',
        'gt',
        'ge',
        'and',
        'or',
        'index',
        'join',
        'add',
        'print',
        'println',
        'slice',
        'list',
      ].map(two),
      ...['eq', 'and', 'or', 'index', 'slice', 'print', 'add'].map(three),
      fc.tuple(verbs, inner).map(([verb, a]) => `printf "${verb}" ${a}`),
      fc.tuple(verbs, inner, inner).map(([verb, a, b]) => `printf "${verb}" ${a} ${b}`),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom(
            'len',
            'upper',
            'printf "%v-%v" 1',
            'join ","',
            'print 1',
            'eq "a"',
            'index .list',
            'html',
            'not',
            'fail',
          ),
        )
        .map(([a, b]) => `${a} | ${b}`),
    ),
  };
});

const { block } = fc.letrec<{ block: string }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('text', ' a \n', '\n  b', '<p>', ' • ', '}} ', '{ {'),
    expression.map((e) => `{{ ${e} }}`),
    expression.map((e) => `  {{- ${e} -}} \n x`),
    fc
      .tuple(expression, tie('block'), tie('block'))
      .map(([e, a, b]) => `{{ if ${e} }}${a}{{ else }}${b}{{ end }}`),
    fc
      .tuple(expression, expression, tie('block'))
      .map(([e, f, a]) => `{{ if ${e} }}1{{ else if ${f} }}${a}{{ else }}3{{ end }}`),
    fc.tuple(expression, tie('block')).map(([e, a]) => `{{ with ${e} }}${a}{{ . }}{{ else }}none{{ end }}`),
    fc
      .tuple(expression, expression)
      .map(([e, f]) => `{{ with $x := ${e} }}{{ $x }}{{ else with ${f} }}{{ . }}{{ end }}`),
    fc
      .tuple(expression, tie('block'))
      .map(([e, a]) => `{{ range $i, $e := ${e} }}${a}{{ $i }}={{ $e }};{{ else }}none{{ end }}`),
    fc.tuple(expression, tie('block')).map(([e, a]) => `{{ range ${e} }}${a}{{ . }}{{ break }}x{{ end }}`),
    fc
      .tuple(expression, expression)
      .map(([e, f]) => `{{ range $e := ${e} }}{{ if ${f} }}{{ continue }}{{ end }}{{ $e }},{{ end }}`),
    fc
      .tuple(expression, expression)
      .map(([e, f]) => `{{ $x := ${e} }}{{ $x }}{{ if true }}{{ $x = ${f} }}{{ end }}{{ $x }}`),
    fc
      .tuple(tie('block'), expression)
      .map(([a, e]) => `{{ define "d" }}[${a}]{{ end }}{{ template "d" ${e} }}`),
    fc.tuple(tie('block'), expression).map(([a, e]) => `{{ block "b" ${e} }}${a}{{ . }}{{ end }}`),
    fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{{ end }}',
        '{{ $y }}',
        '{{ foo }}',
        '{{/* c */}}',
        '{{- /* c */ -}}',
        '{{ if }}',
        '{{ else }}',
        '{{ break }}',
      ],
      ...[
        '{{ range }}',
        '{{ template }}',
        '{{ template "nope" }}',
        '{{ define "x" }}',
        '{{ .a.b. }}',
        '{{ "open }}',
        "{{ 'ab' }}",
      ],
      ...[
        '{{ 1 2 }}',
        '{{ .int | }}',
        '{{ | }}',
        '{{ ( }}',
        '{{ ) }}',
        '{{ .text..x }}',
        '{{ $x = 1 }}',
        '{{ $ }}',
        '{{ nil }}',
      ],
      ...[
        '{{/* open',
        '{{ /* c */ }}',
        '{{-1}}',
        '{{- 1}}',
        '{{1 -}} x',
        '{{ 08 }}',
        '{{ 1__0 }}',
        '{{ 0x }}',
        '{{ .1.2 }}',
        '{{ 3e }}',
      ],
      ...[
        '{{ $a, $b := .list }}',
        '{{ range $a, $b, $c := .list }}{{ end }}',
        '{{ .text := 1 }}',
        '{{ else if }}',
        '{{ "a" | "b" }}',
      ],
      ...[
        '{{ template "d" . . }}',
        '{{ with $a, $b := .list }}{{ end }}',
        '{{ .list.0 }}',
        '{{ (.int).x }}',
        '{{ "a".x }}',
        '{{ 1.x }}',
      ],
    ),
  ),
}));

const generated = fc
  .sample(
    fc.array(block, { minLength: 1, maxLength: 3 }).map((blocks) => blocks.join('')),
    { numRuns: 1500, seed },
  )
  .filter((source) => !showsInsides.test(source));

const missing = fc.sample(fc.constantFrom<MissingKey>('default', 'zero', 'error'), { numRuns: 1500, seed });

const place = fc.constantFrom(
  ...[
    ['<b>', '</b>'],
    ['<a title="', '">x</a>'],
    ["<a title='", "'>x</a>"],
    ['<a title=', '>x</a>'],
    ['<a href="', '">x</a>'],
    ["<a href='/p?a=", "&b=c'>x</a>"],
    ['<a href="https://h/', '?q#f">x</a>'],
    ['<a href="#', '">x</a>'],
    ['<img src=', '>'],
    ['<img srcset="', ' 2x">'],
    ['<form action="', '">'],
    ['<iframe srcdoc="', '"></iframe>'],
    ['<td style="color: ', '">x</td>'],
    ['<td style="font: \'', '\'; a: b">x</td>'],
    ['<style>p { width: ', ' }</style>'],
    ['<style>p:before { content: "', '" }</style>'],
    ['<title>', '</title>'],
    ['<textarea>', '</textarea>'],
    ['<!-- ', ' -->x'],
    ['a < b ', ' > c'],
    ['<p ', '="x">'],
    ['<script>var x = ', ';</script>'],
    ['<script>f(', '/2, /re/);</script>'],
    ['<script>var s = "', '"; /* c */ // d\nx</script>'],
    ["<script>var s = '", "';</script>"],
    ['<script>var t = `a', '${1 + 1}`;</script>'],
    ['<script>var t = `${ ', ' }`;</script>'],
    ['<script>x = /a', 'b/.test(y)</script>'],
    ['<script>return /', '/</script>'],
    ['<script type="application/json">{"a": ', '}</script>'],
    ['<script type="text/x-template"><b>', '</b></script>'],
    ['<button onclick="f(', ')">'],
    ['<button onclick="f(\'', '\')">'],
    ["<button onclick='f(&quot;", "&quot;)'>"],
    ['<button onclick="/* c */ g(', ') // e">'],
  ].map(([before = '', after = '']) => [before, after] as const),
);
const inserted = fc.constantFrom(
  ...[
    '.text',
    '.other',
    '.url',
    '.good',
    '.int',
    '.neg',
    '.float',
    '.yes',
    '.nil',
    '.blank',
    '.list',
    '.labels',
  ],
  ...[
    '.map',
    '.alert.Status',
    'html_ "<i a=\'1\'>x&amp;y</i>"',
    'url_ "javascript:1"',
    'print .int',
    '.text | html',
    '.good | urlquery',
  ],
  ...[
    'len .list',
    'printf "%q" .other',
    '"O\'Reilly: \\"x\\" </script> `t` ${y}"',
    '"\u2028 é+/=&"',
    '.mixed',
    'not .yes',
  ],
);
const markup = fc
  .sample(
    fc.oneof(
      fc.tuple(place, inserted).map(([[before, after], value]) => `${before}{{ ${value} }}${after}`),
      fc
        .tuple(place, inserted, inserted)
        .map(([[before, after], one, other]) => `${before}{{ ${one} }}{{ ${other} }}${after}`),
      fc
        .tuple(place, inserted, place, inserted)
        .map(([[a, b], one, [c, d], other]) => `${a}{{ ${one} }}${b}${c}{{ ${other} }}${d}`),
    ),
    { numRuns: 1500, seed },
  )
  // Without quotes, Go leaves it to chance whether `html` may stand there.
  .filter((source) => !/=\{\{ \S+ \| html|=\{\{[^}]*\}\}\{\{ \S+ \| html/.test(source));

describe.skipIf(!isThere)(`templates, beside Go's own packages${notice}`, () => {
  beforeAll(() => {
    copyFileSync(join(import.meta.dirname, 'template-oracle/main.go'), join(folder, 'main.go'));
    writeFileSync(join(folder, 'go.mod'), 'module oracle\n\ngo 1.21\n');
    execFileSync('go', ['build', '-o', 'oracle', '.'], {
      cwd: folder,
      env: { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOPROXY: 'off' },
    });
  });

  function differences(cases: readonly Case[], comparable = (err: string) => err): object[] {
    const expected = theirs(cases);
    return cases.flatMap((one, i) => {
      const [actual, wanted] = [ours(one), expected[i]];
      // `slice` wants an index as it is, and Go has those of maps in a box; nobody gains from the same here.
      if (wanted?.err.endsWith('cannot index slice/array with type interface {}') === true) return [];
      return actual.out === wanted?.out && comparable(actual.err) === comparable(wanted.err)
        ? []
        : [{ ...one, actual, expected: wanted }];
    });
  }

  it('give the same text, or fail in the same place for the same reason', () => {
    const cases = [...new Set(generated)].map((t, i) => ({ t, missing: missing[i] ?? 'default' }));
    expect(cases.length).toBeGreaterThan(1000);
    expect(differences(cases)).toEqual([]);
  });

  it('escape values for the place in HTML where they stand', () => {
    const cases = [...new Set(markup)].map((t) => ({ t, html: true }));
    expect(cases.length).toBeGreaterThan(500);
    // Go finds these mistakes before it renders, and writes their place otherwise.
    expect(differences(cases, (err) => err.replace(/^.*(?=predefined escaper)/s, ''))).toEqual([]);
  });
});
