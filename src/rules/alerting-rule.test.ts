import { expect, it } from 'vitest';
import { AlertingRule } from './alerting-rule.ts';
import type { AlertingSpec } from './rule-file.ts';

const minute = 60_000;

function makeRule(spec: Partial<AlertingSpec> = {}): AlertingRule {
  return new AlertingRule({
    kind: 'alerting',
    name: 'Down',
    expr: 'up == 0',
    forMs: 0,
    keepFiringForMs: 0,
    labels: {},
    annotations: {},
    place: { file: 'r.yaml', line: 1 },
    ...spec,
  });
}

/** Evaluates at a minute with these instances down; gives the transitions as texts. */
function evaluate(rule: AlertingRule, atMinute: number, instances: readonly string[], limit = 0): string[] {
  const { transitions } = rule.evaluate({
    atMs: atMinute * minute,
    samples: instances.map((instance) => ({ labels: { __name__: 'up', instance }, value: 0 })),
    limit,
    expand: (text, { labels }) => text.replace('$instance', labels['instance'] ?? ''),
  });
  return transitions.map(({ alert, decision }) => `${alert.labels['instance']} ${decision}`);
}

it('fires at once without a for, and resolves when the series is gone', () => {
  const rule = makeRule();
  expect(evaluate(rule, 1, ['a'])).toEqual(['a firing']);
  expect(evaluate(rule, 2, ['a'])).toEqual([]);
  expect(evaluate(rule, 3, [])).toEqual(['a resolved']);
  expect(rule.state()).toBe('inactive');
  expect(rule.sendable()).toMatchObject([{ firedAtMs: minute, resolvedAtMs: 3 * minute }]);
});

it('is pending until for has passed since it became active, to the millisecond', () => {
  const rule = makeRule({ forMs: 5 * minute });
  expect(evaluate(rule, 1, ['a'])).toEqual(['a pending']);
  expect(rule.nextChangeMs()).toBe(6 * minute);
  expect(evaluate(rule, 6 - 1e-4, ['a'])).toEqual([]);
  expect(evaluate(rule, 6, ['a'])).toEqual(['a firing']);
  expect(rule.nextChangeMs()).toBeUndefined();
});

it('forgets a pending alert at once and begins its for anew', () => {
  const rule = makeRule({ forMs: 5 * minute });
  evaluate(rule, 1, ['a']);
  expect(evaluate(rule, 3, [])).toEqual(['a inactive']);
  expect(rule.sendable()).toEqual([]);
  expect(evaluate(rule, 4, ['a'])).toEqual(['a pending']);
  expect(evaluate(rule, 8, ['a'])).toEqual([]);
  expect(evaluate(rule, 9, ['a'])).toEqual(['a firing']);
});

it('keeps firing for as long as told after the series is gone, counted from each time that it goes', () => {
  const rule = makeRule({ keepFiringForMs: 3 * minute });
  evaluate(rule, 1, ['a']);
  expect(evaluate(rule, 2, [])).toEqual([]);
  expect(rule.nextChangeMs()).toBe(5 * minute);
  expect(evaluate(rule, 4, ['a'])).toEqual([]);
  expect(evaluate(rule, 5, [])).toEqual([]);
  expect(evaluate(rule, 7, [])).toEqual([]);
  expect(rule.state()).toBe('firing');
  expect(evaluate(rule, 8, [])).toEqual(['a resolved']);
});

it('keeps a resolved alert for 15 minutes', () => {
  const rule = makeRule();
  evaluate(rule, 1, ['a']);
  evaluate(rule, 2, []);
  evaluate(rule, 17, []);
  expect(rule.sendable()).toHaveLength(1);
  evaluate(rule, 17.1, []);
  expect(rule.sendable()).toEqual([]);
});

it('fires anew when a resolved one comes back', () => {
  const rule = makeRule();
  evaluate(rule, 1, ['a']);
  evaluate(rule, 2, []);
  expect(evaluate(rule, 3, ['a'])).toEqual(['a firing']);
  expect(rule.active()).toMatchObject([{ activeAtMs: 3 * minute, firedAtMs: 3 * minute }]);
});

it('sets labels of the rule over those of the series, the alert name over all, and leaves out empty ones', () => {
  const rule = makeRule({
    labels: { instance: 'the $instance', alertname: 'no', gone: '' },
    annotations: { s: '$instance' },
  });
  evaluate(rule, 1, ['a']);
  expect(rule.active()).toMatchObject([
    { labels: { instance: 'the a', alertname: 'Down' }, annotations: { s: 'a' } },
  ]);
});

it('lets templates see the metric name, which the alert itself does not carry', () => {
  const rule = makeRule({ labels: { of: '$name' } });
  rule.evaluate({
    ...{ atMs: minute, limit: 0, samples: [{ labels: { __name__: 'up', instance: 'a' }, value: 0 }] },
    expand: (text, { labels }) => text.replace('$name', labels['__name__'] ?? 'none'),
  });
  expect(rule.active()[0]?.labels).toEqual({ alertname: 'Down', instance: 'a', of: 'up' });
});

it('refuses two alerts with the same labels', () => {
  const rule = makeRule({ labels: { instance: 'all' } });
  expect(() => evaluate(rule, 1, ['a', 'b'])).toThrow('vector contains metrics with the same labelset');
});

it('clears everything when there are more alerts than the limit', () => {
  const rule = makeRule();
  evaluate(rule, 1, ['a', 'b'], 2);
  expect(() => evaluate(rule, 2, ['a', 'b', 'c'], 2)).toThrow('exceeded limit of 2 with 3 alerts');
  expect(rule.active()).toEqual([]);
});

it('writes the state and since when', () => {
  const rule = makeRule({ forMs: 5 * minute });
  const { series } = rule.evaluate({
    atMs: 90_500,
    samples: [{ labels: { instance: 'a' }, value: 0 }],
    limit: 0,
    expand: (text) => text,
  });
  expect(series).toEqual([
    { labels: { __name__: 'ALERTS', alertname: 'Down', alertstate: 'pending', instance: 'a' }, value: 1 },
    { labels: { __name__: 'ALERTS_FOR_STATE', alertname: 'Down', instance: 'a' }, value: 90 },
  ]);
});
