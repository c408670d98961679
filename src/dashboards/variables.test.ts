import { expect, it } from 'vitest';
import { allValues, type Dashboard, type Variable } from './dashboard.ts';
import { layout } from './layout.ts';
import { readDashboard } from './read-dashboard.ts';
import { addressOf, standsFor } from './scope.ts';
import { choicesOf, inOrder, parseVariableQuery, resultRow, writtenChoices } from './variable-choices.ts';

function boardWith(variables: readonly object[], panels: readonly object[] = []): Dashboard {
  return readDashboard({ uid: 'x', title: 'X', panels, templating: { list: variables } });
}

function one(json: object): Variable {
  const [variable] = boardWith([{ name: 'v', type: 'query', ...json }]).variables;
  if (variable === undefined) throw new Error('no variable');
  return variable;
}

it.each([
  ['label_values(job)', { kind: 'label-values', selector: '', label: 'job' }],
  ['label_values(up{a="b, c"}, job)', { kind: 'label-values', selector: 'up{a="b, c"}', label: 'job' }],
  ['label_names()', { kind: 'label-names', pattern: '' }],
  ['metrics(node_.*)', { kind: 'metrics', pattern: 'node_.*' }],
  ['query_result(topk(5, sum(up)))', { kind: 'query-result', expr: 'topk(5, sum(up))' }],
  ['up{job="a"}', { kind: 'series', selector: 'up{job="a"}' }],
])('reads the query %s', (text, query) => {
  expect(parseVariableQuery(text)).toEqual(query);
});

it('writes a row of a result as Grafana does', () => {
  expect(resultRow({ metric: { __name__: 'up', job: 'a' }, value: [1700000000, '1'] })).toBe(
    'up{job="a"} 1 1700000000000',
  );
});

it.each([
  ['', 0, ['b2', 'a10', 'a9', 'b2']],
  ['', 1, ['a10', 'a9', 'b2']],
  ['', 3, ['b2', 'a9', 'a10']],
  ['', 4, ['a10', 'a9', 'b2']],
  ['', 7, ['a9', 'a10', 'b2']],
  ['/a(\\d+)/', 3, ['9', '10']],
  ['/^B/i', 0, ['b2']],
])('picks with %j in the order %i', (regex, sort, texts) => {
  const found = choicesOf(['b2', 'a10', 'a9', 'b2'], one({ regex, sort })).map(({ text }) => text);
  expect(found).toEqual([...new Set(texts)]);
});

it('picks text and value apart by named groups', () => {
  const regex = '/name="(?<text>[^"]+)".*id="(?<value>[^"]+)"/';
  expect(choicesOf(['x{name="A",id="1"}'], one({ regex }))).toEqual([{ text: 'A', value: '1' }]);
});

it('says which pattern is none', () => {
  expect(() => choicesOf(['a'], one({ regex: '/(/' }))).toThrow(/bad pattern/);
});

it('reads written choices, with names of their own and commas in them', () => {
  expect(writtenChoices(one({ type: 'custom', query: 'A : a, b, c\\,d' }))).toEqual([
    { text: 'A', value: 'a' },
    { text: 'b', value: 'b' },
    { text: 'c,d', value: 'c,d' },
  ]);
});

it('asks for a variable after those that it names, and leaves a ring at the end', () => {
  const names = (list: readonly object[]) => inOrder(boardWith(list).variables).map(({ name }) => name);
  const of = (name: string, query: string) => ({ name, type: 'query', query });
  expect(names([of('c', '$b'), of('b', '$a'), of('a', 'x')])).toEqual(['a', 'b', 'c']);
  expect(names([of('a', '$b'), of('b', '$a'), of('c', 'x')])).toEqual(['c', 'a', 'b']);
});

it('stands for all its choices, or for what the dashboard says all is', () => {
  const choices = [
    { text: 'a', value: 'a' },
    { text: 'b', value: 'b' },
  ];
  const chosen = [allValues];
  expect(standsFor({ variable: one({ includeAll: true }), chosen, choices }).values).toEqual(['a', 'b']);
  expect(standsFor({ variable: one({ includeAll: true, allValue: '.+' }), chosen, choices }).values).toEqual([
    '.+',
  ]);
  expect(standsFor({ variable: one({ includeAll: true }), chosen, choices: [] }).values).toEqual(['.*']);
  expect(addressOf([{ variable: one({}), chosen: ['a', 'b'], choices }])).toEqual([
    ['var-v', 'a'],
    ['var-v', 'b'],
  ]);
});

it('copies repeated panels side by side, and moves down what is below', () => {
  const gridPos = (x: number, y: number) => ({ x, y, w: 6, h: 4 });
  const board = boardWith(
    [{ name: 'v', type: 'query', multi: true }],
    [
      { id: 1, type: 'stat', repeat: 'v', maxPerRow: 2, gridPos: gridPos(0, 0) },
      { id: 2, type: 'stat', gridPos: gridPos(0, 4) },
      {
        id: 3,
        type: 'row',
        collapsed: true,
        gridPos: gridPos(0, 8),
        panels: [{ id: 4, type: 'stat', gridPos: gridPos(0, 9) }],
      },
    ],
  );
  const choices = ['a', 'b', 'c'].map((value) => ({ text: value, value }));
  const states = board.variables.map((variable) => ({ variable, chosen: ['a', 'b', 'c'], choices }));
  const [first, row] = layout(board.panels, states, ({ folded }) => folded);
  expect(first?.panels.map(({ key, place: { x, y, w }, values }) => [key, x, y, w, values['v']])).toEqual([
    ['1', 0, 0, 12, 'a'],
    ['1-clone-1', 12, 0, 12, 'b'],
    ['1-clone-2', 0, 4, 12, 'c'],
    ['2', 0, 8, 6, undefined],
  ]);
  expect([row?.isFolded, row?.panels.map(({ key }) => key)]).toEqual([true, ['4']]);
});

it.each([
  [[], /expected a JSON object/],
  [{}, /panels: expected a list/],
  [{ panels: [] }, /title: a dashboard needs a title/],
  [{ title: 'x', panels: [] }, /uid: expected up to 40 letters/],
  [{ title: 'x', uid: 'a/b', panels: [] }, /"a\/b"/],
  [{ spec: { elements: {} } }, /new schema of Grafana \(v2\)/],
  [{ rows: [] }, /schema of Grafana 4/],
  [{ title: 'x', uid: 'x', panels: Array.from({ length: 501 }, () => ({})) }, /at most 500/],
])('refuses %j', (json, problem) => {
  expect(() => readDashboard(json)).toThrow(problem);
});
