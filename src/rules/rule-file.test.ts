import { expect, it } from 'vitest';
import { parseRuleFile } from './rule-file.ts';

const rule = (lines: string) =>
  `groups:\n  - name: g\n    rules:\n      - ${lines.split('\n').join('\n        ')}\n`;

it('reads groups and rules with all that they may say', () => {
  const text = `
groups:
  - name: shop
    interval: 30s
    limit: 10
    query_offset: 1m
    labels: { team: shop }
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: up == 0
        for: 5m
        keep_firing_for: 90s
        labels: { severity: page, team: core, code: 1.0 }
        annotations: { summary: '{{ $labels.instance }} is down' }
`;
  expect(parseRuleFile(text, 'r.yaml')).toEqual({
    path: 'r.yaml',
    warnings: [],
    groups: [
      {
        name: 'shop',
        intervalMs: 30_000,
        limit: 10,
        queryOffsetMs: 60_000,
        labels: { team: 'shop' },
        place: { file: 'r.yaml', line: 3 },
        rules: [
          {
            kind: 'recording',
            name: 'job:up:sum',
            expr: 'sum by (job) (up)',
            labels: { team: 'shop' },
            place: { file: 'r.yaml', line: 9 },
            fieldLines: { record: 9, expr: 10 },
          },
          {
            kind: 'alerting',
            name: 'Down',
            expr: 'up == 0',
            forMs: 300_000,
            keepFiringForMs: 90_000,
            labels: { team: 'core', severity: 'page', code: '1.0' },
            annotations: { summary: '{{ $labels.instance }} is down' },
            place: { file: 'r.yaml', line: 11 },
            fieldLines: { alert: 11, expr: 12, for: 13, keep_firing_for: 14, labels: 15, annotations: 16 },
          },
        ],
      },
    ],
  });
});

it.each(['', '{}', 'alerts: {}', 'rules: {}', 'groups:', 'groups: []', 'groups:\nrules:\n', '# nothing\n'])(
  'takes %j for a file without rules',
  (text) => {
    expect(parseRuleFile(text, 'r.yaml').groups).toEqual([]);
  },
);

it('resolves anchors, aliases and merge keys', () => {
  const text = rule('alert: A\nexpr: &e up == 0\nlabels: &l { severity: page }');
  const more = `${text}      - alert: B\n        expr: *e\n        labels:\n          <<: *l\n          team: x\n`;
  expect(parseRuleFile(more, 'r.yaml').groups[0]?.rules[1]).toMatchObject({
    expr: 'up == 0',
    labels: { severity: 'page', team: 'x' },
  });
});

it('takes an expression and a duration that look like numbers', () => {
  const [group] = parseRuleFile(rule('alert: A\nexpr: 1\nfor: 0'), 'r.yaml').groups;
  expect(group?.rules[0]).toMatchObject({ expr: '1', forMs: 0 });
});

it('reads the first document only, and says so', () => {
  const { groups, warnings } = parseRuleFile(
    `${rule('record: a\nexpr: up')}---\n${rule('record: b\nexpr: up')}`,
    'r.yaml',
  );
  expect(groups[0]?.rules).toHaveLength(1);
  expect(warnings).toEqual(['r.yaml: holds several YAML documents; only the first is read']);
});

it.each([
  ['groups: [', /^r\.yaml:1: /],
  ['alerts: { a: b }', 'r.yaml:1: alerts: field alerts not found'],
  ['groups: 7', 'r.yaml:1: groups: expected a list'],
  [
    'groups:\n  - name: a\n  - name: a',
    'r.yaml:3: groups[1].name: groupname: "a" is repeated in the same file',
  ],
  ['groups:\n  - rules: []', 'r.yaml:2: groups[0]: groupname must not be empty'],
  [
    'groups:\n  - name: a\n    interval: 30',
    'r.yaml:3: groups[0].interval: not a valid duration string: "30"',
  ],
  ['groups:\n  - name: a\n    limit: some', 'r.yaml:3: groups[0].limit: expected a whole number'],
  [
    rule('alert: A\nexpr: up\nannotation: {}'),
    'r.yaml:6: groups[0].rules[0].annotation: field annotation not found among those of a rule file (did you mean "annotations"?)',
  ],
  [rule('expr: up'), "r.yaml:4: groups[0].rules[0]: one of 'record' or 'alert' must be set"],
  [rule('record: a\nalert: b\nexpr: up'), "only one of 'record' and 'alert' must be set"],
  [rule('record: a'), "field 'expr' must be set in rule"],
  [rule('alert: A\nexpr: ""'), "r.yaml:5: groups[0].rules[0].expr: field 'expr' must be set in rule"],
  [
    rule('record: a\nexpr: up\nfor: 1m'),
    "r.yaml:6: groups[0].rules[0].for: invalid field 'for' in recording rule",
  ],
  [rule('record: a\nexpr: up\nkeep_firing_for: 1m'), "invalid field 'keep_firing_for' in recording rule"],
  [rule('record: a\nexpr: up\nannotations: { a: b }'), "invalid field 'annotations' in recording rule"],
  [rule('record: a{b="c"}\nexpr: up'), 'braces present in the recording rule name'],
  [
    rule('alert: A\nexpr: up\nlabels: { __name__: x }'),
    'rules[0].labels.__name__: invalid label name: __name__',
  ],
  [
    rule('alert: A\nexpr: up\nfor: soon'),
    'r.yaml:6: groups[0].rules[0].for: not a valid duration string: "soon"',
  ],
  [
    rule('alert: A\nexpr: sum(up'),
    'r.yaml:5: groups[0].rules[0].expr: could not parse expression: 1:7: parse error',
  ],
  [rule('alert: A\nexpr: rate(up)'), 'could not parse expression'],
  [
    rule('alert: A\nexpr: up\nannotations: { s: "{{ $label.x }}" }'),
    'annotations.s: template does not parse: ',
  ],
])('refuses %j', (text, message) => {
  expect(() => parseRuleFile(text, 'r.yaml')).toThrow(message);
});

it('names every problem at once', () => {
  const text = rule('alert: A\nexpr: up\nfor: x\nlabel: {}');
  expect(() => parseRuleFile(text, 'r.yaml')).toThrow(
    expect.objectContaining({
      problems: [expect.objectContaining({ line: 7 }), expect.objectContaining({ line: 6 })],
    }),
  );
});

it('judges names by the scheme that is asked for', () => {
  const text = rule('alert: A\nexpr: up\nannotations: { ins-tance: x }');
  expect(parseRuleFile(text, 'r.yaml').groups).toHaveLength(1);
  expect(() => parseRuleFile(text, 'r.yaml', { nameValidation: 'legacy' })).toThrow(
    'invalid annotation name: ins-tance',
  );
});

it('passes over unknown keys when told to', () => {
  const text = `extra: 1\n${rule('alert: A\nexpr: up\nnamespace: x')}`;
  expect(parseRuleFile(text, 'r.yaml', { ignoreUnknownFields: true }).groups[0]?.rules).toHaveLength(1);
});
