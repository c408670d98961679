import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/object.ts';
import { componentOf, endOf, flagOf, unreadableLine, withoutFlag, withValue } from './component-flags.ts';

function pod(container: object, kind = 'Pod'): KubeObject {
  const metadata = { name: 'a', namespace: 'kube-system' };
  return { apiVersion: 'v1', kind, metadata, spec: { containers: [{ name: 'proxy' }, container] } };
}

function component(command: unknown, args?: unknown) {
  const found = componentOf(pod({ name: 'kube-apiserver', command, args }), 'kube-apiserver');
  if (found === undefined) throw new Error('there should be one');
  return found;
}

describe('the container of a component', () => {
  it.each([
    ['by the binary', { name: 'a', command: ['/usr/local/bin/etcd', '--name=a'] }, true],
    ['in one line', { name: 'a', command: ['etcd --name=a'] }, true],
    ['by arguments alone', { name: 'a', args: ['etcd', '--name=a'] }, true],
    ['not by its name alone, which applications use too', { name: 'etcd', command: ['/start.sh'] }, false],
    ['not by a word that only ends so', { name: 'a', command: ['notetcd'] }, false],
  ])('is found %s', (_, container, isFound) => {
    expect(componentOf(pod(container), 'etcd') !== undefined).toBe(isFound);
  });

  it('is that of a pod, not of what makes pods', () => {
    expect(componentOf(pod({ command: ['etcd'] }, 'Deployment'), 'etcd')).toBeUndefined();
  });

  it('has its place among others', () => {
    expect(component(['kube-apiserver', '--a=1']).list).toEqual({
      path: 'spec.containers[1].command',
      length: 2,
    });
    expect(endOf(component(['kube-apiserver'], ['--a=1', '--b=2']), 1)).toBe('spec.containers[1].args[3]');
  });
});

describe('a flag', () => {
  const given = (command: readonly string[], name = 'a') =>
    flagOf(component(['kube-apiserver', ...command]), name)?.value;

  it.each([
    ['with a value', ['--a=1'], '1'],
    ['with an equals sign in its value', ['--a=b=c'], 'b=c'],
    ['without one', ['--a', '--b'], ''],
    ['with its value in the next item', ['--a', '1'], '1'],
    ['given twice: the last one counts', ['--a=1', '--a=2'], '2'],
    ['among others in one item', ['--x=1 --a=2 --y=3'], '2'],
    ['of which it is only the beginning', ['--ab=1', '--a-b=1', '--x--a=1'], undefined],
  ])('%s', (_, command, value) => {
    expect(given(command)).toBe(value);
  });

  it('is set and taken out without touching others in its item', () => {
    const flag = flagOf(component(['kube-apiserver', '--x=$& --a=1 --y=2']), 'a');
    if (flag === undefined) throw new Error('there should be one');
    const path = 'spec.containers[1].command[1]';
    expect(withValue(flag, '$&')).toEqual({ path, value: '--x=$& --a=$& --y=2' });
    expect(withoutFlag(flag)).toEqual([{ path, value: '--x=$& --y=2' }]);
  });
});

describe('a command line that cannot be read', () => {
  it.each([
    [undefined, undefined, 'spec.containers[1].command is not given'],
    ['kube-apiserver --a', undefined, 'spec.containers[1].command is no list'],
    [['kube-apiserver'], ['--a', { b: 1 }], 'spec.containers[1].args[1] is no text'],
  ])('%j, %j', (command, args, reason) => {
    expect(unreadableLine(pod({ name: 'kube-apiserver', command, args }), 'kube-apiserver')).toContain(
      reason,
    );
  });

  it('is not one without arguments', () => {
    const one = pod({ name: 'kube-apiserver', command: ['kube-apiserver'], args: null });
    expect(unreadableLine(one, 'kube-apiserver')).toBeUndefined();
  });
});
