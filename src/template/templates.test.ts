import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Templates, type TemplatesOptions, typed } from './templates.ts';
import { goFloat, goStringMap, goStruct } from './value.ts';

const alert = goStruct(
  'test.Alert',
  { Status: 'firing', Labels: goStringMap({ severity: 'critical' }), Count: 7, Ratio: 2.25, Nothing: null },
  { Repeat: typed(['string', 'int'], (text: string, times: number) => text.repeat(times)) },
);

const data = {
  text: 'hé<b>"',
  int: 42,
  whole: goFloat(1e7),
  yes: true,
  nil: null,
  list: ['a', 'b', 'c'],
  empty: [],
  map: { b: 2, a: 'x', n: null },
  labels: goStringMap({ k: 'v' }),
  alert,
};

function render(source: string, options: TemplatesOptions = {}): string {
  const functions = {
    upper: typed(['string'], (text: string) => text.toUpperCase()),
    fail: typed([], () => {
      throw new Error('boom');
    }),
  };
  return new Templates({ functions, ...options }).render(source, data, { name: 'n' });
}

function failure(source: string, options: TemplatesOptions = {}): string {
  try {
    render(source, options);
  } catch (error) {
    expect(error).toMatchObject({ code: 'TEMPLATE', line: expect.any(Number) });
    return (error as Error).message;
  }
  return 'it did not fail';
}

// What comes out, and what errors say, is what Go 1.26 prints for the same template and data.
describe('a template', () => {
  it.each([
    [
      '{{.text}} {{.int}} {{.whole}} {{.yes}} {{.nil}} {{.zz}} {{.zz.y}}',
      'hé<b>" 42 1e+07 true <no value> <no value> <no value>',
    ],
    ['{{.list}} {{.map}} {{.empty}}', '[a b c] map[a:x b:2 n:<nil>] []'],
    [
      '{{.alert.Labels.severity}} {{(.alert).Count}} {{.alert.Repeat "ab" 2}} {{2 | .alert.Repeat "x"}}',
      'critical 7 abab xx',
    ],
    ['a {{- 1 -}} b{{/* c */}}  {{- /* d */ -}}  e', 'a1be'],
    ['{{range $i, $e := .list}}{{if eq $i 1}}{{continue}}{{end}}{{$i}}{{$e}}{{end}}', '0a2c'],
    [
      '{{range .list}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}{{range .empty}}x{{else}}none{{end}}',
      'anone',
    ],
    ['{{range $k, $v := .map}}{{$k}}={{$v}};{{end}}{{range 3}}{{.}}{{end}}', 'a=x;b=2;n=<no value>;012'],
    ['{{with .empty}}a{{else with .int}}b{{.}}{{end}}{{if .nil}}x{{else if .yes}}y{{else}}z{{end}}', 'b42y'],
    ['{{$x := 1}}{{if true}}{{$x = 5}}{{$y := 2}}{{end}}{{$x}}{{$.int}}', '542'],
    [
      '{{define "d"}}<{{.}}>{{end}}{{template "d" .int}}{{template "d"}}{{block "e" .list}}{{len .}}{{end}}',
      '<42><<no value>>3',
    ],
    ['{{and 1 0}} {{or 0 "x"}} {{not 1}} {{or .nil .zz "d"}} {{and false (fail)}}', '0 x false d false'],
    [
      '{{eq 1 2 1}} {{ne "a" "b"}} {{lt 1 2}} {{le 2 2}} {{gt 1.5 1.0}} {{ge "b" "a"}} {{eq .nil nil}}',
      'true true true true true true true',
    ],
    [
      '{{len "é"}} {{index .list 1}} {{index .labels "q"}}| {{index .map "q"}} {{slice "héllo" 0 3}} {{slice .list 1}}',
      '2 b | <no value> hé [b c]',
    ],
    ['{{print 1 2 "a" 3 "b" nil}}|{{println "a" 1}}', '1 2a3b<nil>|a 1\n'],
    [
      "{{0x1F}} {{0b101}} {{017}} {{1_000}} {{1e3}} {{'a'}} {{.5}} {{1.0}} {{9223372036854775807}}",
      '31 5 15 1000 1000 97 0.5 1 9223372036854775807',
    ],
    ['{{"a\\tb\\u00e9\\x41\\303\\251"}}{{`r\\n`}}', 'a\tbéAér\\n'],
    ['{{html "<a>"}} {{js "it\'s <"}} {{urlquery "a/b?c=d e"}}', "&lt;a&gt; it\\'s \\u003C a%2Fb%3Fc%3Dd+e"],
    ['{{ "abc" | upper | printf "%s-%d" "x" | len }}', '17'],
  ])('%s', (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  it.each([
    [
      '{{.alert.Nope}}',
      'template: n:1:8: executing "n" at <.alert.Nope>: can\'t evaluate field Nope in type interface {}',
    ],
    [
      '\n hé {{.int.x}}',
      'template: n:2:11: executing "n" at <.int.x>: can\'t evaluate field x in type interface {}',
    ],
    ['{{.nil.x}}', 'template: n:1:6: executing "n" at <.nil.x>: nil pointer evaluating interface {}.x'],
    ['{{.map.a 3}}', 'template: n:1:6: executing "n" at <.map.a>: a is not a method but has arguments'],
    [
      '{{upper .int}}',
      'template: n:1:8: executing "n" at <.int>: wrong type for value; expected string; got int',
    ],
    ['{{upper 3}}', 'template: n:1:8: executing "n" at <3>: expected string; found 3'],
    ['{{upper}}', 'template: n:1:2: executing "n" at <upper>: wrong number of args for upper: want 1 got 0'],
    ['{{print (fail)}}', 'template: n:1:9: executing "n" at <fail>: error calling fail: boom'],
    [
      '{{eq 1 "a"}}',
      'template: n:1:2: executing "n" at <eq 1 "a">: error calling eq: incompatible types for comparison: int and string',
    ],
    [
      '{{index .list 5}}',
      'template: n:1:2: executing "n" at <index .list 5>: error calling index: index out of range: 5',
    ],
    [
      '{{template "zz"}}',
      'template: n:1:11: executing "n" at <{{template "zz"}}>: template "zz" not defined',
    ],
    ['{{range .text}}{{end}}', 'template: n:1:8: executing "n" at <.text>: range can\'t iterate over hé<b>"'],
    [
      '{{define "x"}}{{.int.y}}{{end}}{{template "x" .}}',
      'template: n:1:20: executing "x" at <.int.y>: can\'t evaluate field y in type interface {}',
    ],
    ['{{foo}}', 'template: n:1: function "foo" not defined'],
    ['a\n{{if 1}}', 'template: n:2: unexpected EOF'],
    ['{{end}}', 'template: n:1: unexpected {{end}}'],
    ['{{"a}}', 'template: n:1: unterminated quoted string'],
    ['{{ 1\n', 'template: n:2: unclosed action started at n:1'],
    ['{{$y}}', 'template: n:1: undefined variable "$y"'],
    ['{{1 | 2}}', 'template: n:1: non executable command in pipeline stage 2'],
    ['{{break}}', 'template: n:1: {{break}} outside {{range}}'],
    ['{{.a..b}}', 'template: n:1: unexpected <.> in operand'],
    [
      '{{define "a"}}x{{end}}{{define "a"}}y{{end}}',
      'template: n:1: template: multiple definition of template "a"',
    ],
    ['{{1i}}', 'template: n:1: imaginary numbers are not supported: "1i"'],
  ])('%s fails', (source, message) => {
    expect(failure(source)).toBe(message);
  });

  it.each([
    ['default', '{{.labels.q}}', '<no value>'],
    ['zero', '{{.labels.q}}|{{.map.q}}', '|<no value>'],
  ] as const)('with missingKey %s gives for %s: %s', (missingKey, source, expected) => {
    expect(render(source, { missingKey })).toBe(expected);
  });

  it('fails for a missing key when told to', () => {
    expect(failure('{{.map.q}}', { missingKey: 'error' })).toContain('map has no entry for key "q"');
  });
});

describe('a set of templates', () => {
  it('lets texts use what was added, and stays as it is', () => {
    const templates = new Templates();
    templates.add('{{define "a"}}A{{end}}{{define "b"}}B{{end}}', 'file');
    const copy = templates.clone();
    copy.add('{{define "a"}}X{{end}}{{define "b"}} {{end}}', 'other');
    expect(templates.render('{{template "a"}}{{template "b"}}', {})).toBe('AB');
    expect(copy.render('{{template "a"}}{{template "b"}}', {})).toBe('XB');
    expect(copy.render('{{define "a"}}own{{end}}{{template "a"}}', {})).toBe('own');
    expect(copy.renderNamed('a', {})).toBe('X');
    expect(() => copy.renderNamed('q', {})).toThrow('template: q: "q" is an incomplete or empty template');
  });

  it('adds nothing of a file that does not parse', () => {
    const templates = new Templates();
    expect(() => templates.add('{{define "a"}}A{{end}}{{', 'file')).toThrow(
      'template: file:1: unclosed action',
    );
    expect(templates.names).toEqual([]);
  });

  it('does not see what every JavaScript object has', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      expect(new Templates().render(`{{.${name}}}`, {})).toBe('<no value>');
    expect(() => new Templates().render('{{.S.constructor}}', { S: alert })).toThrow("can't evaluate field");
  });
});

describe('a template that asks for too much', () => {
  it.each([
    ['a loop without end', '{{range 1000000000}}{{end}}', /exceeded \d+ steps/],
    ['more text than may come out', `{{range 1000000}}${'a'.repeat(100)}{{end}}`, /output exceeds/],
    [
      'a template within itself',
      '{{define "r"}}{{template "r" .}}{{end}}{{template "r" .}}',
      /exceeded maximum template depth/,
    ],
    [
      'nesting in every way at once',
      `{{define "r"}}${'{{if (((((1)))))}}'.repeat(40)}{{template "r" .}}${'{{end}}'.repeat(40)}{{end}}{{template "r" .}}`,
      /exceeded/,
    ],
    [
      'a text that doubles',
      '{{$x := "aaaaaaaa"}}{{range 100}}{{$x = printf "%s%s" $x $x}}{{end}}',
      /exceeds \d+ characters/,
    ],
    [
      'long texts again and again',
      '{{$x := "a"}}{{range 1000000}}{{$x = printf "%500000s" $x}}{{end}}',
      /exceeded \d+ steps/,
    ],
    ['wide columns', `{{printf "${'%1000000s'.repeat(5)}" 1 2 3 4 5}}`, /exceeds/],
    ['parentheses', `{{${'('.repeat(10_000)}`, /depth exceeded/],
    ['branches', '{{if 1}}'.repeat(10_000), /nest more than/],
    ['else-branches', `{{if 1}}${'{{else if 1}}'.repeat(10_000)}{{end}}`, /nest more than/],
  ])('ends with an error: %s', (_, source, message) => {
    expect(failure(source)).toMatch(message);
  });
});

describe('laws', () => {
  it('text without actions comes out as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('{{')),
        (text) => {
          expect(new Templates().render(`${text}{{""}}`, {})).toBe(text);
        },
      ),
    );
  });

  it('what Go quotes reads back as the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const quoted = new Templates().render('{{printf "%q" .}}', text);
        expect(new Templates().render(`{{${quoted}}}`, {})).toBe(text);
        const ascii = new Templates().render('{{printf "%+q" .}}', text);
        expect(ascii).toMatch(/^[\x20-\x7e]*$/);
        expect(new Templates().render(`{{${ascii}}}`, {})).toBe(text);
      }),
    );
  });

  it('trim markers take the space next to them and nothing else', () => {
    const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r') });
    fc.assert(
      fc.property(space, space, fc.boolean(), fc.boolean(), (left, right, trimsLeft, trimsRight) => {
        const source = `a${left}{{${trimsLeft ? '- ' : ''}1${trimsRight ? ' -' : ''}}}${right}b`;
        expect(new Templates().render(source, {})).toBe(
          `a${trimsLeft ? '' : left}1${trimsRight ? '' : right}b`,
        );
      }),
    );
  });

  it('anything that is not a template is refused with an error of its own', () => {
    const word = fc.constantFrom(
      '{{',
      '}}',
      'if',
      'end',
      '.',
      '$x',
      ':=',
      '|',
      '(',
      ')',
      ' ',
      '"a"',
      '1',
      'range',
      'else',
      ',',
      '-',
      'print',
      '/*',
      '*/',
      '\n',
      'é',
      '{{end}}',
      '{{else}}',
      '\\',
      "'",
      '`',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        try {
          new Templates().render(words.join(''), { x: 1 });
        } catch (error) {
          expect(error).toMatchObject({ code: 'TEMPLATE' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
