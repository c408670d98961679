import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ControlCounts } from './engine-types.ts';
import { controlScores, frameworkScore, wholeScore } from './scores.ts';

const control = (id: string) => ({ id, name: `control ${id}`, baseScore: 7 });

function row(
  controlId: string,
  states: Partial<ControlCounts['states']>,
  missing = 0,
  namespace = '',
): ControlCounts {
  const none = { pass: 0, fail: 0, unknown: 0, excepted: 0, 'not-applicable': 0 };
  return { controlId, control: '', severity: 'high', namespace, states: { ...none, ...states }, missing };
}

const scoreOf = (...rows: ControlCounts[]) => controlScores([control('C')], rows)[0];

// By Kubescape's rule: https://github.com/kubescape/opa-utils/blob/master/score/score.go
it.each([
  ['nothing to judge', [], 'not-applicable', 100, undefined],
  [
    'only objects that it does not apply to',
    [row('C', { 'not-applicable': 3 })],
    'not-applicable',
    100,
    undefined,
  ],
  ['all passed', [row('C', { pass: 3 })], 'pass', 100, 100],
  ['exceptions pass', [row('C', { pass: 1, excepted: 1 })], 'pass', 100, 100],
  [
    'some failed, over namespaces',
    [row('C', { pass: 1, fail: 1 }), row('C', { pass: 2 }, 0, 'a')],
    'fail',
    75,
    75,
  ],
  ['all failed', [row('C', { fail: 2 })], 'fail', 0, 0],
  ['some unknown', [row('C', { pass: 1, unknown: 1 })], 'unknown', 50, 50],
  ['missing facts and nothing else', [row('C', { unknown: 1 }, 1)], 'unknown', 0, 0],
  [
    'a kind that cannot be read beside one that can',
    [row('C', { pass: 3, unknown: 1 }, 1)],
    'unknown',
    100,
    75,
  ],
] as const)('scores %s', (_, rows, state, compliance, honest) => {
  const score = scoreOf(...rows);
  expect(score).toMatchObject({ state, compliance });
  expect(score?.honest).toBe(honest);
});

it('takes the plain mean of a framework, whatever the severity', () => {
  const controls = ['A', 'B', 'C', 'D'].map(control);
  const scores = controlScores(controls, [
    row('A', { pass: 1 }),
    row('B', { fail: 1 }),
    row('C', { pass: 1, fail: 1 }),
  ]);
  const framework = { name: 'F', controls: ['A', 'B', 'C', 'D', 'C-9999'] };
  expect(frameworkScore(framework, scores)).toEqual({
    name: 'F',
    compliance: (100 + 0 + 50 + 100) / 4,
    honest: 50,
    controls: { pass: 1, fail: 2, unknown: 0, 'not-applicable': 1 },
  });
  expect(frameworkScore({ name: 'F', controls: ['D'] }, scores)).not.toHaveProperty('honest');
});

it('rounds down as Kubescape does, and does not take a whole number for less', () => {
  expect([99.5, 71.999, 0.2, 100].map(wholeScore)).toEqual([99, 71, 0, 100]);
  expect(wholeScore(((100 / 3) * 2 + 100 / 3 + 100 * 7) / 8)).toBe(100);
});

it('never calls more honest than what Kubescape counts as compliant', () => {
  const count = fc.nat({ max: 20 });
  fc.assert(
    fc.property(count, count, count, fc.nat({ max: 3 }), (pass, fail, unknown, missing) => {
      const score = scoreOf(row('C', { pass, fail, unknown: unknown + missing }, missing));
      expect(score?.honest ?? 0).toBeLessThanOrEqual(score?.compliance ?? -1);
      if (unknown + missing > 0) expect(score?.honest).toBeLessThan(100);
    }),
  );
});
