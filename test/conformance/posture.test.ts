import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultInputs } from '../../src/posture/inputs.ts';
import { casesIn, defaultPath, inputsBeside, run } from './posture.ts';
import { isBuilt, type PostureCase, problemOf } from './posture-cases.ts';
import { differenceOf } from './posture-differences.ts';

describe.skipIf(!existsSync(defaultPath))('upstream cases of the rules that are built', () => {
  const cases = existsSync(defaultPath) ? casesIn(defaultPath) : [];
  const inputs = inputsBeside(defaultPath);

  it.each(cases.filter(({ rule }) => isBuilt(rule)).map((one) => [`${one.rule}/${one.case}`, one] as const))(
    '%s',
    (_, one) => {
      const problem = problemOf(one, inputs);
      if (problem !== undefined && differenceOf(one, inputs) !== undefined) return;
      expect(problem).toBeUndefined();
    },
  );
});

describe('the comparison', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', labels: { app: 'a' }, namespace: 'x' },
    spec: { hostNetwork: true, containers: [] },
  };
  const response = {
    failedPaths: ['spec.hostNetwork'],
    deletePaths: ['spec.hostNetwork'],
    fixPaths: [],
    alertObject: {
      k8sApiObjects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { app: 'a' } } }],
    },
  };
  const problem = (expected: PostureCase['expected'], rule = 'host-network-access') =>
    problemOf({ rule, case: 'own', input: [pod], expected }, defaultInputs);

  it('passes when identity and paths agree, whatever the message and the case of keys', () => {
    const { failedPaths, ...rest } = response;
    expect(problem([{ ...rest, FailedPaths: failedPaths, alertMessage: 'other words' }])).toBeUndefined();
  });

  it.each([
    ['a list that is absent rather than empty', { ...response, fixPaths: null }],
    ['a list that is empty rather than absent', { ...response, reviewPaths: [] }],
    ['other paths', { ...response, failedPaths: ['spec.hostPID'] }],
    [
      'another object',
      { ...response, alertObject: { k8sApiObjects: [{ ...pod, metadata: { name: 'b' } }] } },
    ],
    ['a fix command', { ...response, fixCommand: 'kubectl delete' }],
  ])('fails on %s', (_, expected) => {
    expect(problem([expected])).toContain('expected:');
  });

  it('fails on too few and too many responses', () => {
    expect(problem([])).toContain('0 responses expected, 1 found');
    expect(problem([response, response])).toContain('2 responses expected, 1 found');
  });

  it('fails on a rule that is not built', () => {
    expect(problem([], 'no-such-rule')).toContain('not built');
  });
});

it('runs cases of a policy of one’s own, by the same rules', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-cases-'));
  const [bound, policy] = [
    { policyName: 'few', validationActions: ['Deny'] },
    {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
        ],
      },
      validations: [{ expression: 'object.spec.replicas <= 5' }],
    },
  ].map((spec, i) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `ValidatingAdmissionPolicy${i === 0 ? 'Binding' : ''}`,
    metadata: { name: 'few' },
    spec,
  }));
  writeFileSync(join(folder, 'policy.yaml'), `${JSON.stringify(bound)}\n---\n${JSON.stringify(policy)}\n`);
  const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
  const line = (replicas: number, expected: readonly object[]) =>
    JSON.stringify({
      rule: 'few',
      case: `${replicas}`,
      policies: 'policy.yaml',
      input: [{ ...web, spec: { replicas } }],
      expected,
    });
  const denied = { failedPaths: ['spec.replicas'], alertObject: { k8sApiObjects: [web] } };
  writeFileSync(join(folder, 'cases.jsonl'), [line(7, [denied]), line(3, []), line(7, [])].join('\n'));
  expect(await run(folder)).toEqual({ passed: 2, failed: 1, skipped: 0 });
});
