import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import type { KubeObject } from '../model/object.ts';
import type { Verdict } from '../model/verdict.ts';
import { Decider, type Judge } from './decider.ts';
import { annotationsOf, refusalOf, warningsOf } from './messages.ts';
import { AdmissionPolicy } from './policy.ts';
import { parseReview } from './review.ts';
import { admissionSchema } from './settings.ts';

const controls = [
  { id: 'C-1', severity: 'high', frameworks: ['NSA'] },
  { id: 'C-2', severity: 'low', frameworks: ['MITRE'] },
] as const;

/** Says what the object's annotations say: which controls fail, and which cannot be told. */
const judge: Judge = {
  judge: ({ metadata, kind, apiVersion }, isAsked, hasTime) =>
    Object.entries(metadata.annotations ?? {}).flatMap(([controlId, state]): Verdict[] => {
      if (!isAsked(controlId)) return [];
      const object = { group: apiVersion, kind, namespace: '', name: metadata.name };
      const fails = state !== 'unknown' && hasTime();
      const evidence = { path: `spec.${state}`, stablePath: `spec.${state}`, message: 'is wrong' };
      return [
        fails
          ? {
              controlId,
              object,
              state: 'fail',
              related: [],
              evidence: [{ ...evidence, fix: { path: 'spec.a', value: '1' } }],
            }
          : { controlId, object, state: 'unknown', reason: 'cannot be read', related: [], evidence: [] },
      ];
    }),
  labelsOf: (namespace) => (namespace === 'prod' ? { env: 'prod' } : namespace === 'dark' ? undefined : {}),
  control: (id) => ({ name: `Control ${id}`, severity: id === 'C-1' ? 'high' : 'low', fix: 'Mend it.' }),
};

function decider(admission: object) {
  const settings = admissionSchema.parse(admission);
  const policy = new AdmissionPolicy(settings.rules, controls);
  const exempt = new Set(['kube-system']);
  return new Decider({ clock: new VirtualClock(), judge, policy: () => policy, settings, exempt });
}

function request(annotations: Record<string, string>, more: Record<string, unknown> = {}) {
  const { object = {}, ...rest } = more;
  return parseReview(
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'u1',
        operation: 'CREATE',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        namespace: 'shop',
        userInfo: { username: 'jane' },
        object: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'web', annotations },
          ...(object as object),
        },
        ...rest,
      },
    }),
  );
}

const denyAll = { rules: [{ name: 'all', action: 'deny' }] };

describe('a decision', () => {
  it('denies, warns of, or notes what the first rule that fits says', () => {
    const rules = [
      { name: 'prod', namespaces: { matchLabels: { env: 'prod' } }, severities: ['high'], action: 'deny' },
      { name: 'nsa', frameworks: ['NSA'], action: 'warn' },
      { name: 'rest', action: 'audit' },
    ];
    const of = decider({ rules });
    const both = { 'C-1': 'a', 'C-2': 'b' };
    const told = (namespace: string) => {
      const { outcome, breaches } = of.decide(request(both, { namespace }));
      return [outcome, breaches.map(({ controlId, rule, action }) => `${controlId} ${rule} ${action}`)];
    };
    expect(told('prod')).toEqual(['denied', ['C-1 prod deny', 'C-2 rest audit']]);
    expect(told('shop')).toEqual(['warned', ['C-1 nsa warn', 'C-2 rest audit']]);
    // Labels that are not known select nothing.
    expect(told('dark')).toEqual(['warned', ['C-1 nsa warn', 'C-2 rest audit']]);
  });

  it('never denies for what is unknown, unless that was chosen', () => {
    const unknown = request({ 'C-1': 'unknown' });
    expect(decider(denyAll).decide(unknown)).toMatchObject({ outcome: 'allowed', breaches: [] });
    const strict = decider({ rules: [{ name: 'all', action: 'deny', on_unknown: 'deny' }] });
    expect(strict.decide(unknown)).toMatchObject({ outcome: 'denied', breaches: [{ state: 'unknown' }] });
  });

  it('takes what there was no time for as unknown', () => {
    const { outcome } = decider({ ...denyAll, budget: '0' }).decide(request({ 'C-1': 'a' }));
    expect(outcome).toBe('allowed');
  });

  it.each([
    ['delete', { operation: 'DELETE', object: undefined, oldObject: { metadata: { name: 'web' } } }],
    ['delete', { operation: 'CONNECT' }],
    ['subresource', { subResource: 'scale' }],
    ['exempt', { namespace: 'kube-system' }],
  ])('lets pass without judging: %s', (skipped, more) => {
    expect(decider(denyAll).decide(request({ 'C-1': 'a' }, more))).toMatchObject({
      outcome: 'allowed',
      skipped,
    });
  });

  it('judges containers that are put into a running pod', () => {
    const more = { operation: 'UPDATE', subResource: 'ephemeralcontainers' };
    expect(decider(denyAll).decide(request({ 'C-1': 'a' }, more)).outcome).toBe('denied');
  });

  it('keeps nobody from removing finalizers', () => {
    const object = { metadata: { name: 'web', annotations: { 'C-1': 'a' }, deletionTimestamp: 'now' } };
    expect(decider(denyAll).decide(request({}, { object })).skipped).toBe('going');
  });

  it('passes over pods that a controller makes of a workload, but not those that anyone else says are such', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', controller: true };
    const object = { metadata: { name: 'web', annotations: { 'C-1': 'a' }, ownerReferences: [owner] } };
    const by = (username: string) => request({}, { object, userInfo: { username } });
    const made = by('system:serviceaccount:kube-system:replicaset-controller');
    expect(decider(denyAll).decide(made)).toMatchObject({ outcome: 'allowed', skipped: 'owned' });
    expect(decider(denyAll).decide(by('jane')).outcome).toBe('denied');
    expect(decider({ ...denyAll, owned_pods: 'judge' }).decide(made).outcome).toBe('denied');
  });

  it('warns of what an update leaves as it was, and denies what it adds', () => {
    const oldObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', annotations: { 'C-1': 'a' } },
    };
    const update = (annotations: Record<string, string>) =>
      request(annotations, { operation: 'UPDATE', oldObject });
    expect(decider(denyAll).decide(update({ 'C-1': 'a' }))).toMatchObject({
      outcome: 'warned',
      breaches: [{ existing: true }],
    });
    expect(decider(denyAll).decide(update({ 'C-1': 'a', 'C-2': 'b' })).outcome).toBe('denied');
    expect(decider(denyAll).decide(update({ 'C-1': 'other' })).outcome).toBe('denied');
    expect(decider({ ...denyAll, existing: 'deny' }).decide(update({ 'C-1': 'a' })).outcome).toBe('denied');
  });
});

describe('a review', () => {
  it('names an object that is made by generateName', () => {
    const object = { metadata: { generateName: 'web-' } };
    expect(request({}, { object }).object?.metadata).toMatchObject({ name: 'web-*', namespace: 'shop' });
  });

  it('leaves a Namespace without a namespace', () => {
    const object: Partial<KubeObject> = { kind: 'Namespace', metadata: { name: 'shop' } };
    expect(request({}, { object, kind: { group: '', kind: 'Namespace' } }).object?.metadata).toEqual({
      name: 'shop',
    });
  });

  it.each([
    ['{', 'no JSON'],
    ['{}', 'expected an AdmissionReview'],
    ['{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}', 'admissionReviewVersions'],
    ['{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 'request.uid'],
    ['null', 'expected an AdmissionReview'],
  ])('is refused where it is none: %s', (body, problem) => {
    expect(() => parseReview(body)).toThrow(problem);
  });
});

describe('what people are told', () => {
  const many = Object.fromEntries(['C-1', 'C-2'].map((id) => [id, `${'x'.repeat(5000)}\n`]));

  it('names control, place and remedy of what is denied', () => {
    const decision = decider(denyAll).decide(request({ 'C-1': 'a' }));
    expect(refusalOf(decision)).toBe(
      'Pod shop/web breaks a control:\n- C-1 Control C-1: spec.a: is wrong (high, rule "all"); fix: set spec.a to 1',
    );
    expect(annotationsOf(decision)).toEqual({ decision: 'denied', deny: 'C-1' });
  });

  it('keeps within the limits of the API', () => {
    const { breaches } = decider({ rules: [{ name: 'all', action: 'warn' }] }).decide(request(many));
    const [breach] = breaches;
    const flood = breach === undefined ? [] : Array.from({ length: 500 }, () => breach);
    const lines = warningsOf(flood);
    expect(lines.at(-1)).toMatch(/^and \d+ more$/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(256);
    expect(lines.join('').length).toBeLessThanOrEqual(2048);
    expect(lines.join('')).not.toContain('\n');
    const object = { group: '', kind: 'Pod', namespace: 'shop', name: 'web' };
    const denied = flood.map((one) => ({ ...one, action: 'deny' as const }));
    expect(refusalOf({ object, breaches: denied }).length).toBeLessThan(8000);
  });
});
