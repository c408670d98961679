import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Evidence } from '../model/verdict.ts';
import { markEvidence } from './fix-patch.ts';

const yaml = `apiVersion: v1
kind: Pod
metadata:
  name: a # the name
spec:
  containers:
    - name: web
      image: nginx
      securityContext:
        privileged: true
`;

function mark(path: string, fix?: Evidence['fix']) {
  const evidence: Evidence = { path, stablePath: path, message: '', ...(fix === undefined ? {} : { fix }) };
  return markEvidence({ yaml, file: 'a.yaml', firstLine: 11, evidence });
}

it('marks the line of the field', () => {
  expect(mark('spec.containers[0].securityContext.privileged').lines).toEqual([10]);
});

it('marks the nearest parent of a field that is not there', () => {
  expect(mark('spec.containers[0].securityContext.capabilities.drop[0]').lines).toEqual([9]);
  expect(mark('spec.hostPID').lines).toEqual([5]);
});

it('makes the patch that sets a field, at its place in the file', () => {
  const path = 'spec.containers[0].securityContext.privileged';
  expect(mark(path, { path, value: 'false' }).patch).toBe(`--- a/a.yaml
+++ b/a.yaml
@@ -17,4 +17,4 @@
     - name: web
       image: nginx
       securityContext:
-        privileged: true
+        privileged: false
`);
});

it('makes what is missing on the way', () => {
  const path = 'spec.containers[0].securityContext.capabilities.drop[0]';
  const patch = mark(path, { path, value: 'NET_RAW' }).patch ?? '';
  const added = patch.split('\n').filter((line) => line.startsWith('+ '));
  expect(parse(added.map((line) => line.slice(1)).join('\n'))).toEqual({
    capabilities: { drop: ['NET_RAW'] },
  });
});

it('deletes a field', () => {
  expect(mark('spec.containers[0].image', { deletePath: 'spec.containers[0].image' }).patch).toContain(
    '-      image: nginx',
  );
});

it('leaves every other line as it is, however it is laid out', () => {
  const path = 'spec.hostPID';
  const evidence: Evidence = { path, stablePath: path, message: '', fix: { deletePath: path } };
  const odd = 'apiVersion:   v1 # odd\nspec:\n  hostPID: true\n  containers:\n  - {name: a,  args: [x]}\n';
  const { lines, patch } = markEvidence({ yaml: odd, file: 'f', firstLine: 1, evidence });
  expect(lines).toEqual([3]);
  expect(patch?.split('\n').filter((line) => /^[-+](?![-+])/.test(line))).toEqual(['-  hostPID: true']);
});

it('makes no patch when lines cannot be told apart', () => {
  const path = 'spec.hostPID';
  const evidence: Evidence = { path, stablePath: path, message: '', fix: { path, value: 'false' } };
  const flow = 'apiVersion: v1\n\n\n\nspec: {hostPID:\n    true}\n';
  expect(markEvidence({ yaml: flow, file: 'f', firstLine: 1, evidence })).toEqual({ lines: [5] });
});
