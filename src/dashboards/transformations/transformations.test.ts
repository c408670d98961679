import { describe, expect, it } from 'vitest';
import type { Cell, Frame } from '../frames.ts';
import { transformed } from './index.ts';

function frame(refId: string, columns: Readonly<Record<string, readonly Cell[]>>): Frame {
  return {
    refId,
    fields: Object.entries(columns).map(([name, values]) => ({
      name,
      values,
      type:
        name === 'Time' ? 'time' : values.every((value) => typeof value === 'string') ? 'string' : 'number',
    })),
  };
}

function shown(frames: readonly Frame[]): Record<string, readonly Cell[]>[] {
  return frames.map(({ fields }) => Object.fromEntries(fields.map(({ name, values }) => [name, values])));
}

const run = (
  frames: readonly Frame[],
  ...steps: readonly (readonly [id: string, options: Record<string, unknown>])[]
) =>
  transformed(
    frames,
    steps.map(([id, options]) => ({ id, options, disabled: false })),
  );

const cpu = frame('A', { Time: [1, 1], pod: ['a', 'b'], 'Value #A': [1, 2] });
const memory = frame('B', { Time: [1, 1], pod: ['b', 'c'], 'Value #B': [20, 30] });

it('merges rows that agree in the columns that all have', () => {
  expect(shown(run([cpu, memory], ['merge', {}]).frames)).toEqual([
    { Time: [1, 1, 1], pod: ['a', 'b', 'c'], 'Value #A': [1, 2, null], 'Value #B': [null, 20, 30] },
  ]);
});

it('keeps rows apart that hold different values in the same column', () => {
  const again = frame('B', { Time: [1], pod: ['a'], 'Value #A': [7] });
  expect(shown(run([cpu, again], ['merge', {}]).frames)[0]?.['Value #A']).toEqual([1, 2, 7]);
});

it('leaves out, orders and renames columns', () => {
  const options = {
    excludeByName: { Time: true },
    indexByName: { 'Value #A': 0, pod: 1 },
    renameByName: { pod: 'Pod' },
  };
  expect(run([cpu], ['organize', options]).frames[0]?.fields.map(({ name }) => name)).toEqual([
    'Value #A',
    'Pod',
  ]);
});

it('keeps the columns that are included, alone', () => {
  expect(shown(run([cpu], ['organize', { includeByName: { pod: true } }]).frames)).toEqual([
    { pod: ['a', 'b'] },
  ]);
});

describe('rows by value', () => {
  const rows = frame('A', { name: ['a', 'b', 'c', 'd'], Value: [1, null, 3, 4] });
  it.each([
    ['greater', { value: 2 }, ['c', 'd']],
    ['greaterOrEqual', { value: '3' }, ['c', 'd']],
    ['lower', { value: 2 }, ['a']],
    ['equal', { value: 4 }, ['d']],
    ['notEqual', { value: 4 }, ['a', 'b', 'c']],
    ['between', { from: 0, to: 4 }, ['a', 'c']],
    ['isNull', {}, ['b']],
    ['isNotNull', {}, ['a', 'c', 'd']],
  ])('%s %j', (id, options, names) => {
    const filters = [{ fieldName: 'Value', config: { id, options } }];
    expect(
      shown(run([rows], ['filterByValue', { filters, type: 'include', match: 'any' }]).frames)[0]?.['name'],
    ).toEqual(names);
    const rest = shown(
      run([rows], ['filterByValue', { filters, type: 'exclude', match: 'any' }]).frames,
    )[0]?.['name'];
    expect([...(rest ?? []), ...names].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('by a pattern', () => {
    const filters = [{ fieldName: 'name', config: { id: 'regex', options: { value: '[ab]' } } }];
    expect(shown(run([rows], ['filterByValue', { filters }]).frames)[0]?.['name']).toEqual(['a', 'b']);
  });
});

it('sorts rows, those without a value last, and cuts them', () => {
  const rows = frame('A', { name: ['a', 'b', 'c'], Value: [2, null, 3] });
  const sort = { sort: [{ field: 'Value', desc: true }] };
  expect(shown(run([rows], ['sortBy', sort]).frames)[0]?.['name']).toEqual(['c', 'a', 'b']);
  expect(shown(run([rows], ['sortBy', sort], ['limit', { limitField: 1 }]).frames)[0]?.['name']).toEqual([
    'c',
  ]);
});

it('joins by a column, with all rows or those that all have', () => {
  const a = frame('A', { pod: ['a', 'b'], cpu: [1, 2] });
  const b = frame('B', { pod: ['b', 'c'], memory: [20, 30] });
  expect(shown(run([a, b], ['joinByField', { byField: 'pod', mode: 'outer' }]).frames)).toEqual([
    { pod: ['a', 'b', 'c'], cpu: [1, 2, null], memory: [null, 20, 30] },
  ]);
  expect(shown(run([a, b], ['joinByField', { byField: 'pod', mode: 'inner' }]).frames)).toEqual([
    { pod: ['b'], cpu: [2], memory: [20] },
  ]);
});

it('makes a row of each line, with what it comes to', () => {
  expect(shown(run([cpu], ['reduce', { reducers: ['max', 'mean'] }]).frames)).toEqual([
    { Field: ['Value #A'], Max: [2], Mean: [1.5] },
  ]);
});

it('puts rows of the same key together', () => {
  const rows = frame('A', { team: ['x', 'y', 'x'], Value: [1, 2, 3] });
  const fields = {
    team: { operation: 'groupby' },
    Value: { operation: 'aggregate', aggregations: ['sum', 'max'] },
  };
  expect(shown(run([rows], ['groupBy', { fields }]).frames)).toEqual([
    { team: ['x', 'y'], 'Value (sum)': [4, 2], 'Value (max)': [3, 2] },
  ]);
});

it('computes one column of two', () => {
  const rows = frame('A', { used: [1, 2], all: [4, 4] });
  const options = { mode: 'binary', binary: { left: 'used', operator: '/', right: 'all' }, alias: 'share' };
  expect(shown(run([rows], ['calculateField', options]).frames)[0]?.['share']).toEqual([0.25, 0.5]);
});

it('renames by a pattern, and makes labels columns', () => {
  const lines: Frame[] = [
    {
      refId: 'A',
      fields: [
        { name: 'Time', type: 'time', values: [1] },
        { name: 'Value', type: 'number', values: [5], labels: { pod: 'a', node: 'n1' }, legend: 'pod-a' },
      ],
    },
  ];
  expect(
    shown(run(lines, ['renameByRegex', { regex: '/pod-(.*)/', renamePattern: 'of $1' }]).frames)[0]?.['of a'],
  ).toEqual([5]);
  expect(shown(run(lines, ['labelsToFields', {}]).frames)).toEqual([
    { Time: [1], pod: ['a'], node: ['n1'], Value: [5] },
  ]);
});

it('passes over what is not known or fails, and names it', () => {
  const { frames, remarks } = run(
    [cpu],
    ['spatial', {}],
    ['renameByRegex', { regex: '(', renamePattern: '' }],
  );
  expect(shown(frames)).toEqual(shown([cpu]));
  expect(remarks).toEqual([
    expect.stringContaining('"spatial" is not known here'),
    expect.stringContaining('"renameByRegex" failed: bad regular expression'),
  ]);
});
