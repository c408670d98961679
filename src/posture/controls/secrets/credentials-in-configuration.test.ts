import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KubeObject } from '../../../model/object.ts';
import type { Breach } from '../../control.ts';
import { defaultInputs } from '../../inputs.ts';
import { credentialsInConfiguration } from './credentials-in-configuration.ts';

const view = { get: () => undefined, list: () => [] };

function judge(
  object: Omit<KubeObject, 'apiVersion' | 'metadata'> & { kind: string },
  inputs = {},
): Breach[] {
  const whole: KubeObject = { apiVersion: 'v1', metadata: { name: 'a' }, ...object };
  const context = { view, inputs: { ...defaultInputs, ...inputs } };
  return credentialsInConfiguration.checks
    .filter((check) => check.kinds.includes(object.kind))
    .flatMap((check) => check.judge(whole, context));
}

const podWith = (env: unknown[], list = 'containers') => ({
  kind: 'Pod',
  spec: { [list]: [{ name: 'c', env }] },
});

it('never shows a value, in a message or in a path', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]{12,20}$/), (tail) => {
      const value = `Bearer ${tail}`;
      const found = [
        ...judge(podWith([{ name: 'PASSWORD', value }])),
        ...judge({ kind: 'ConfigMap', data: { password: value, other: value } }),
      ];
      expect(found).toHaveLength(3);
      expect(JSON.stringify(found)).not.toContain(tail);
    }),
  );
});

it.each(['containers', 'initContainers', 'ephemeralContainers'])('reads the variables of %s', (list) => {
  expect(judge(podWith([{ name: 'PASSWORD', value: 'x' }], list))).toHaveLength(1);
});

it('takes values for secret by what they contain, also in base64 in ConfigMaps', () => {
  const key = 'AKIAABCDEFGHIJKLMNOP';
  expect(judge(podWith([{ name: 'A', value: key }]))).toHaveLength(1);
  expect(judge({ kind: 'ConfigMap', data: { a: key, b: btoa(key), c: 'AKIA' } })).toHaveLength(2);
});

it('leaves alone what is empty, a path or a reference', () => {
  const valueFrom = { secretKeyRef: { name: 'a', key: 'b' } };
  const env = [
    { name: 'PASSWORD', value: '' },
    { name: 'PASSWORD_FILE', value: '/run/password' },
    { name: 'PASSWORD', valueFrom },
  ];
  expect(judge(podWith(env))).toEqual([]);
});

it('leaves alone what the inputs allow', () => {
  const env = [
    { name: 'KEYCLOAK_URL', value: 'x' },
    { name: 'API_KEY_ID', value: 'public-7' },
  ];
  expect(judge(podWith(env))).toHaveLength(2);
  const inputs = { sensitiveKeyNamesAllowed: ['keycloak'], sensitiveValuesAllowed: ['^public-'] };
  expect(judge(podWith(env), inputs)).toEqual([]);
});
