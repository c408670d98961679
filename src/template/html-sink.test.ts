import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Templates, typed } from './templates.ts';
import { GoNamed } from './value.ts';

const data = {
  text: 'hé<b>"\'&+ x',
  url: "http://x.y/a b?c=d&e='f'(g)",
  script: 'javascript:alert(1)',
  color: 'red',
  empty: '',
  list: ['a', '<b>'],
};
const functions = { safe: typed(['string'], (text: string) => new GoNamed('template.HTML', text)) };

function render(source: string, values: unknown = data): string {
  return new Templates({ functions }).render(source, values, { name: 'n', html: true });
}

// What comes out is what Go 1.26's html/template gives for the same template and data.
describe('a value in HTML', () => {
  it.each([
    ['<b>{{.text}}</b>', '<b>hé&lt;b&gt;&#34;&#39;&amp;&#43; x</b>'],
    ['<a title="{{.text}}">x</a>', '<a title="hé&lt;b&gt;&#34;&#39;&amp;&#43; x">x</a>'],
    ['<a title={{.text}}>x</a>', '<a title=hé&lt;b&gt;&#34;&#39;&amp;&#43;&#32;x>x</a>'],
    ['<a title={{.empty}}>x</a>', '<a title=ZgotmplZ>x</a>'],
    ['<a href="{{.url}}">x</a>', '<a href="http://x.y/a%20b?c=d&amp;e=%27f%27%28g%29">x</a>'],
    ['<a href="{{.script}}">x</a>', '<a href="#ZgotmplZ">x</a>'],
    ['<A HREF={{.script}}>x</A>', '<A HREF=#ZgotmplZ>x</A>'],
    [
      '<a data-url="{{.script}}" xlink:href="{{.script}}">x</a>',
      '<a data-url="#ZgotmplZ" xlink:href="#ZgotmplZ">x</a>',
    ],
    ['<a href="/p?q={{.text}}">x</a>', '<a href="/p?q=h%c3%a9%3cb%3e%22%27%26%2b%20x">x</a>'],
    ['<td style="color: {{.color}}">x</td>', '<td style="color: red">x</td>'],
    ['<td style="color: {{.text}}">x</td>', '<td style="color: ZgotmplZ">x</td>'],
    ['<title>{{.text}}</title>', '<title>hé&lt;b&gt;&#34;&#39;&amp;&#43; x</title>'],
    ['a<!-- c {{.text}} -->b', 'ab'],
    ['a < b {{.list}}', 'a &lt; b [a &lt;b&gt;]'],
    ['{{.nope}}|{{safe "<i>x</i>"}}|<a title="{{safe "<i>x&amp;</i>"}}">', '|<i>x</i>|<a title="x&amp;">'],
    ['{{.text | html}}', 'hé&lt;b&gt;&#34;&#39;&amp;+ x'],
    [
      '<p class="a{{if .text}} b{{end}}" {{if .text}}id="c"{{end}}>{{.color}}</p>',
      '<p class="a b" id="c">red</p>',
    ],
    ['<style>p { color: {{.color}} }</style>{{.color}}', '<style>p { color: red }</style>red'],
    [
      '<script>var x = {{.text}}; // c</script>',
      `<script>var x = "hé\\u003cb\\u003e\\"'\\u0026+ x"; </script>`,
    ],
    [
      "<script>var x = '{{.text}}'</script>",
      "<script>var x = 'hé\\u003cb\\u003e\\u0022\\u0027\\u0026\\u002b x'</script>",
    ],
    [
      '<script>f({{.list}}/2, `${ {{.color}} }{{.color}}`)</script>',
      '<script>f(["a","\\u003cb\\u003e"]/2, `${ "red" }red`)</script>',
    ],
    ['<a onclick="f({{.color}})">', '<a onclick="f(&#34;red&#34;)">'],
    ['<iframe srcdoc="{{.text}}">', '<iframe srcdoc="hé&lt;b&gt;&#34;&#39;&amp;&#43; x">'],
    ['<a {{.color}}="x">', '<a red="x">'],
    ['<a {{print "onclick"}}="x">', '<a ZgotmplZ="x">'],
    ['<td style="background: url({{.color}})">', '<td style="background: url(red)">'],
    [`<td style="content: '{{.color}};'">`, `<td style="content: 'red;'">`],
    [
      '<style>/* {{.color}} */p { content: "{{.text}}" }</style>',
      '<style>/*  */p { content: "hé\\3c b\\3e\\22\\27\\26\\2b  x" }</style>',
    ],
  ])('%s', (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  it.each([
    ['<script>{{if .text}}</scr{{end}}{{.text}}', 'ends in a non-text context: within the element script'],
    ['<script>x = /[{{.text}}]/</script>', 'within a set of characters of a regular expression'],
    ['<a href="javascript:f({{.text}})">', 'cannot stand in a javascript URL'],
    ['<{{.color}}>', ''],
    ['<a title="{{.text}}', 'ends in a non-text context: within a value of the attribute title'],
  ])('is refused in %s', (source, message) => {
    if (message === '') expect(render(source)).toBe('&lt;red>');
    else expect(() => render(source)).toThrow(message);
  });
});

describe('laws', () => {
  const hostile = fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '=',
      ' ',
      '/',
      '`',
      'a',
      'script',
      'javascript:',
      '%',
      '+',
      '\n',
      '\0',
      '--',
      '-->',
    ),
  });

  it('no text of a value opens a tag, closes one or leaves its quotes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(render('{{.}}', text)).not.toMatch(/[<>"']/);
        expect(render('<a title="{{.}}">', text).slice(10, -2)).not.toMatch(/[<>"]/);
        expect(render("<a title='{{.}}'>", text).slice(10, -2)).not.toMatch(/[<>']/);
        expect(render('<a title={{.}}>', text).slice(9, -1)).not.toMatch(/[<>"'=`\s]|^$/);
        expect(render('<a href="{{.}}">', text).slice(9, -2)).not.toMatch(/[<>"]|^\s*javascript:/i);
        expect(render('<b style="color: {{.}}">', text).slice(17, -2)).not.toMatch(
          /[<>"'(]|(?<!&#\d+|&amp);/,
        );
      }),
    );
  });

  it('text reads back from its escaped form', () => {
    const names: Record<string, string> = { amp: '&', lt: '<', gt: '>' };
    fc.assert(
      fc.property(hostile, (text) => {
        const read = render('{{.}}', text).replace(/&(?:#(\d+)|(\w+));/g, (_, code: string, name: string) =>
          code === undefined ? (names[name] ?? '') : String.fromCharCode(Number(code)),
        );
        expect(read).toBe(text.replaceAll('\0', '\ufffd'));
      }),
    );
  });
});

it.each([
  ['<style>p { content: "{{range 20000}}x{{.}}{{end}}" }</style>'],
  ['<style>p { width: {{range 20000}}a{{.}}{{end}} }</style>'],
  ['<a href="/{{range 20000}}x{{.}}{{end}}">x</a>'],
  ['<a href="/?{{range 20000}}x{{.}}{{end}}">x</a>'],
  ['<script>x = [{{range 20000}}{{.}},{{end}}]</script>'],
])('takes no longer the more was written: %s', (source) => {
  const before = process.cpuUsage();
  expect(render(source).length).toBeGreaterThan(80_000);
  // Processor time, of which a busy machine takes no more.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(3000);
});
