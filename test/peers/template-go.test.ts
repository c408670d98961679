import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narrow } from '../../src/template/number.ts';
import { type MissingKey, Templates, typed } from '../../src/template/templates.ts';
import { GoNamed, GoSlice, goFloat, goStringMap, goStruct } from '../../src/template/value.ts';
import { generated, markup, missing } from './template-go-cases.ts';

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
