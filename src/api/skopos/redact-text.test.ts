import { expect, it } from 'vitest';
import { redactObject } from '../../posture/redact.ts';
import { redactText } from './redact-text.ts';

const web = { kind: 'Pod', name: 'web' };

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
  expect(redactText(yaml, web, redactObject)?.split('\n')).toEqual([
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
  expect(redactText(yaml, web, redactObject)).toBe(yaml);
});

it.each([
  ['aliases', 'kind: Secret\nmetadata: {name: web}\ndata:\n  a: &x aHVudGVyMg==\n  b: *x\n'],
  ['faults', 'kind: Secret\nmetadata: {name: web}\ndata: {a: aHVudGVyMg==\n'],
  ['duplicate keys', 'kind: Secret\nmetadata: {name: web}\ndata:\n  a: aHVudGVyMg==\n  a: aHVudGVyMg==\n'],
  ['another name', 'kind: Secret\nmetadata: {name: other}\ndata:\n  a: aHVudGVyMg==\n'],
  [
    'a list',
    'kind: List\nitems:\n  - kind: Secret\n    metadata: {name: web}\n    data: {a: aHVudGVyMg==}\n',
  ],
  ['nothing', ''],
])('gives no text for one with %s', (_what, yaml) => {
  expect(redactText(yaml, { kind: 'Secret', name: 'web' }, redactObject)).toBeUndefined();
});
