import { expect, it } from 'vitest';
import { type KubeObject, refOf } from '../../model/object.ts';
import type { Evidence } from '../../model/verdict.ts';
import { patchCommand } from './patch-command.ts';

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { containers: [{ name: 'web', securityContext: { privileged: true } }] },
};

function operation(fix: Evidence['fix']): unknown {
  const command = patchCommand(refOf(deployment), deployment, fix);
  const json = /^kubectl patch deployment\.apps cart -n shop --type=json -p '(.*)'$/.exec(command ?? '')?.[1];
  return json === undefined ? command : JSON.parse(json)[0];
}

it('replaces what is there, and makes what is missing on the way', () => {
  expect(operation({ path: 'spec.containers[0].securityContext.privileged', value: 'false' })).toEqual({
    op: 'replace',
    path: '/spec/containers/0/securityContext/privileged',
    value: false,
  });
  expect(
    operation({ path: 'spec.containers[0].securityContext.capabilities.drop[0]', value: 'ALL' }),
  ).toEqual({
    op: 'add',
    path: '/spec/containers/0/securityContext/capabilities',
    value: { drop: ['ALL'] },
  });
  expect(operation({ path: 'metadata.annotations["a.b/c"]', value: 'x' })).toEqual({
    op: 'add',
    path: '/metadata/annotations',
    value: { 'a.b/c': 'x' },
  });
});

it('removes only what is there', () => {
  expect(operation({ deletePath: 'spec.containers[0].securityContext.privileged' })).toEqual({
    op: 'remove',
    path: '/spec/containers/0/securityContext/privileged',
  });
  expect(operation({ deletePath: 'spec.hostNetwork' })).toBeUndefined();
  expect(operation(undefined)).toBeUndefined();
});

it('lets no value break out of the shell quotes', () => {
  const command = patchCommand(refOf(deployment), deployment, { path: 'spec.x', value: "a'; rm -rf / #" });
  expect(command).toContain(`"value":"a'\\''; rm -rf / #"`);
});
