import { expect, it } from 'vitest';
import { parseText } from './parse-text.ts';

it('reads families, their samples and timestamps, blanks and comments wherever they may stand', () => {
  const text = `# just a comment
# HELP wait_seconds How \\\\ long\\nthey waited.
# TYPE wait_seconds histogram
wait_seconds_bucket{ path = "/a\\"b" , le="+Inf", } 3 1500
wait_seconds_count{path="/a\\"b"}\t3

wait_seconds_sum{path="/a\\"b"} 4.5
  loose  -Inf
`;
  const [wait, loose] = parseText(text);
  expect(wait).toMatchObject({ name: 'wait_seconds', type: 'histogram', help: 'How \\ long\nthey waited.' });
  expect(wait?.samples.map(({ name, value, timestampMs }) => [name, value, timestampMs])).toEqual([
    ['wait_seconds_bucket', 3, 1500],
    ['wait_seconds_count', 3, undefined],
    ['wait_seconds_sum', 4.5, undefined],
  ]);
  expect(wait?.samples[0]?.labels).toEqual([
    ['path', '/a"b'],
    ['le', '+Inf'],
  ]);
  expect(loose).toMatchObject({
    name: 'loose',
    type: 'unknown',
    samples: [{ value: Number.NEGATIVE_INFINITY }],
  });
});

it('reads names of any UTF-8 in quotes', () => {
  const text = `# TYPE "http.wait" summary
# HELP "http.wait" Waiting.
{"http.wait",quantile="0.5","région"="ö\\"x"} 2
{"http.wait_count", "région"="ö\\"x",} 3
`;
  expect(parseText(text)).toMatchObject([
    {
      ...{ name: 'http.wait', type: 'summary', help: 'Waiting.' },
      samples: [
        {
          ...{ name: 'http.wait', value: 2 },
          labels: [
            ['quantile', '0.5'],
            ['région', 'ö"x'],
          ],
        },
        { name: 'http.wait_count', value: 3 },
      ],
    },
  ]);
});

it.each([
  ['{a="1"} 1\n', 'line 1: expected the name of a metric, found "{a="1"} 1"'],
  ['{"a","b"} 1\n', 'line 1: expected a label such as name="value", found ""b"} 1"'],
  ['a{"b"} 1\n', 'line 1: expected a label such as name="value", found ""b"} 1"'],
  ['{"a"\n', 'line 1: expected a label such as name="value", found ""a""'],
  ['{"b",b="1","b"="2"} 1\n', 'line 1: the label b is there twice'],
  ['# TYPE "" gauge\n', 'line 1: expected the name of a metric after # TYPE'],
  ['a 1', 'line 1: the last line does not end with a line feed'],
  ['a\n', 'line 1: expected a number as the value, found ""'],
  ['a x\n', 'line 1: expected a number as the value, found "x"'],
  ['a 1 1.5\n', 'line 1: expected whole milliseconds as the timestamp, found "1.5"'],
  ['a 1 1 1\n', 'line 1: there is something after the timestamp: "1"'],
  ['\na{b} 1\n', 'line 2: expected a label such as name="value", found "b} 1"'],
  ['a{b="1",b="2"} 1\n', 'line 1: the label b is there twice'],
  ['# TYPE a meter\n', /line 1: there is no type "meter"; there are counter/],
  ['a 1\n# TYPE a counter\n', /line 2: a second # TYPE for the metric a, or one after its samples/],
  ['# HELP a x\n# HELP a y\n', 'line 2: a second # HELP for the metric a'],
  ['1a 1\n', 'line 1: expected the name of a metric, found "1a 1"'],
])('refuses %j and says where', (text, message) => {
  expect(() => parseText(text)).toThrow(message);
});
