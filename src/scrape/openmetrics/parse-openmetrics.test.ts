import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpositionError } from './exposition-error.ts';
import { parseOpenMetrics } from './parse-openmetrics.ts';

function refusal(body: string | Uint8Array): string {
  try {
    parseOpenMetrics(body);
  } catch (error) {
    if (error instanceof ExpositionError) return error.message;
    throw error;
  }
  return 'accepted';
}

it('reads families with what is said of them, and their samples', () => {
  const text = `# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
# HELP wait_seconds How long\\nthey waited.
wait_seconds_bucket{path="/a\\"b",le="0.5"} 1 10.5 # {trace="x1"} 0.25 10.25
wait_seconds_bucket{path="/a\\"b",le="+Inf"} 2 10.5
wait_seconds_count{path="/a\\"b"} 2 10.5
wait_seconds_sum{path="/a\\"b"} 3.5 10.5
loose -Inf
# EOF
`;
  const [wait, loose] = parseOpenMetrics(text);
  expect(wait).toMatchObject({ name: 'wait_seconds', type: 'histogram', unit: 'seconds', line: 1 });
  expect(wait?.help).toBe('How long\nthey waited.');
  expect(wait?.samples.map(({ name, value }) => [name, value])).toEqual([
    ['wait_seconds_bucket', 1],
    ['wait_seconds_bucket', 2],
    ['wait_seconds_count', 2],
    ['wait_seconds_sum', 3.5],
  ]);
  expect(wait?.samples[0]).toMatchObject({
    labels: [
      ['path', '/a"b'],
      ['le', '0.5'],
    ],
    timestampMs: 10_500,
    exemplar: { labels: [['trace', 'x1']], value: 0.25, timestampMs: 10_250 },
    line: 4,
  });
  expect(loose).toMatchObject({
    name: 'loose',
    type: 'unknown',
    samples: [{ value: Number.NEGATIVE_INFINITY }],
  });
});

describe('says what is wrong, and on which line', () => {
  it.each([
    ['a 1\n', 'line 2: the exposition does not end with "# EOF"'],
    ['', 'line 1: the exposition does not end with "# EOF"'],
    ['a 1\n\n# EOF\n', 'line 2: an empty line is not allowed'],
    ['# EOF\nblah', 'line 2: there is text after "# EOF"'],
    ['# EOF\n\n', 'line 2: there is text after "# EOF"'],
    ['# TYPE a meh\n# EOF\n', /^line 1: there is no type "meh"; there are counter, gauge/],
    ['# type a gauge\n# EOF\n', /^line 1: expected "# TYPE name type"/],
    ['a{b="1",b="2"} 1\n# EOF\n', 'line 1: the label b is there twice'],
    ['a{b="1} 1\n# EOF\n', 'line 1: the value of label b has no closing quote'],
    ['a{b="1\\', 'line 1: the value of label b has no closing quote'],
    ['a 1_2\n# EOF\n', 'line 1: the value is no number: "1_2"'],
    ['a 1 NaN\n# EOF\n', 'line 1: the timestamp is no time in seconds: "NaN"'],
    ['a  1\n# EOF\n', 'line 1: the value is missing'],
    ['# UNIT a s\n# EOF\n', /^line 1: the family a has the unit "s"/],
    ['# TYPE a counter\na 1\n# EOF\n', 'line 2: a counter has no sample a, only a_total, a_created'],
    ['# TYPE a counter\nb 1\na_total 1\n# EOF\n', /^line 3: the name a_total belongs to the family a/],
    ['a 1\na 1\n# EOF\n', 'line 2: the sample a is there twice with the same labels'],
    [
      '# TYPE a summary\na{quantile="2"} 1\n# EOF\n',
      'line 2: the label quantile must be between 0 and 1, and is "2"',
    ],
    ['# TYPE a histogram\na_bucket{le="1"} 1\n# EOF\n', 'line 2: the histogram a has no bucket le="+Inf"'],
    ['# TYPE a counter\na_total 1 # {b="c"} 1 2 \n# EOF\n', /^line 2: there is something after its end/],
  ])('of %j', (text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it('of bytes that are no text', () => {
    expect(refusal(new Uint8Array([0x61, 0xff, 0x0a]))).toBe('line 1: the exposition is not valid UTF-8');
  });
});

it('accepts or refuses, whatever it is given, and does nothing else', () => {
  const piece = fc.constantFrom(
    ...[
      '# TYPE a ',
      '# HELP a ',
      '# UNIT a ',
      'counter',
      'histogram',
      'summary',
      '\n',
      'a',
      '_total',
      '_bucket',
    ],
    ...['{', '}', 'le="1"', 'le="+Inf"', ',', ' ', '1', 'NaN', ' # ', '"', '\\', '# EOF\n', '\u0000', '😀'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      expect(typeof refusal(pieces.join(''))).toBe('string');
    }),
    { numRuns: 2000 },
  );
});

it('reads back every label value and help that can be written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (value, help) => {
      const escaped = (text: string) => text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
      const text = `# HELP a ${escaped(help)}\na{b="${escaped(value)}"} 1\n# EOF\n`;
      const [family] = parseOpenMetrics(text);
      expect(family?.help).toBe(help);
      expect(family?.samples[0]?.labels).toEqual([['b', value]]);
    }),
  );
});
