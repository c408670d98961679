import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ControlCounts } from './engine-types.ts';
import { scoreDifference } from './score-difference.ts';
import { controlScores, frameworkScore } from './scores.ts';

const ids = ['A', 'B', 'C', 'D'];
const controls = ids.map((id) => ({ id, name: id, baseScore: 5 }));
const framework = { name: 'F', controls: ids };
const amount = fc.nat({ max: 4 });
const row = fc
  .record({
    controlId: fc.constantFrom(...ids),
    pass: amount,
    fail: amount,
    seen: amount,
    missing: amount,
    excepted: amount,
  })
  .map(
    ({ controlId, pass, fail, seen, missing, excepted }): ControlCounts => ({
      controlId,
      control: controlId,
      severity: 'medium',
      namespace: '',
      states: { pass, fail, unknown: seen + missing, excepted, 'not-applicable': 1 },
      missing,
    }),
  );

it('leads exactly from the compliance score to the honest one, and never upwards', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
      const scores = controlScores(controls, rows);
      const { compliance, honest } = frameworkScore(framework, scores);
      const difference = scoreDifference(framework, scores);
      expect(difference === undefined).toBe(honest === undefined);
      if (difference === undefined || honest === undefined) return;
      expect(compliance + difference.irrelevant + difference.unreadable).toBeCloseTo(honest, 9);
      expect(difference.irrelevant).toBeLessThanOrEqual(1e-9);
      expect(difference.unreadable).toBeLessThanOrEqual(1e-9);
    }),
  );
});

it('says how many controls stand behind each part', () => {
  const counts = { control: '', severity: 'low', namespace: '' } as const;
  const none = { pass: 0, fail: 0, unknown: 0, excepted: 0, 'not-applicable': 0 };
  const rows: ControlCounts[] = [
    { ...counts, controlId: 'A', states: { ...none, pass: 1 }, missing: 0 },
    { ...counts, controlId: 'B', states: { ...none, pass: 1, unknown: 1 }, missing: 1 },
    { ...counts, controlId: 'C', states: { ...none, 'not-applicable': 3 }, missing: 0 },
  ];
  expect(scoreDifference(framework, controlScores(controls, rows))).toEqual({
    irrelevant: 0,
    irrelevantControls: 2,
    unreadable: -25,
    unreadableControls: 1,
  });
});
