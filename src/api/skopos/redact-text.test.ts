import { expect, it } from 'vitest';
import { redactObject } from '../../posture/redact.ts';
import { redactText } from './redact-text.ts';

it('replaces secrets in place and leaves layout and comments as they are', () => {
  const yaml = [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: {name: web}   # the shop',
    'spec:',
    '  containers:',
    '  - name: web',
    '    args: ["--db-password=hunter2", "-v"]',
    '    env:',
    '    - name: KEY',
    '      value: |',
    '        line one',
    '        line two',
    '    - {name: PORT, value: "8080"}',
    '    image: web:1',
    '',
  ].join('\n');
  expect(redactText(yaml, redactObject).split('\n')).toEqual([
    'apiVersion: v1',
    'kind: Pod',
    'metadata: {name: web}   # the shop',
    'spec:',
    '  containers:',
    '  - name: web',
    '    args: ["--db-password=<redacted>", "-v"]',
    '    env:',
    '    - name: KEY',
    '      value: <redacted>',
    '    - {name: PORT, value: <redacted>}',
    '    image: web:1',
    '',
  ]);
});

it('returns a text without secrets unchanged', () => {
  const yaml = 'kind: Pod\nmetadata:\n    name:   web\n';
  expect(redactText(yaml, redactObject)).toBe(yaml);
});

it.each([
  ['aliases', 'kind: Secret\ndata:\n  a: &x aHVudGVyMg==\n  b: *x\n'],
  ['faults', 'kind: Secret\ndata: {a: aHVudGVyMg==\n'],
  ['duplicate keys', 'kind: Secret\ndata:\n  a: aHVudGVyMg==\n  a: aHVudGVyMg==\n'],
])('shows no secret of a text with %s', (_what, yaml) => {
  expect(redactText(yaml, redactObject)).not.toContain('aHVudGVyMg');
});
