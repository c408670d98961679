import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/object.ts';
import { defaultInputs } from './inputs.ts';
import { kubeletCheck } from './kubelet-checks.ts';

const context = { view: { get: () => undefined, list: () => [] }, inputs: defaultInputs };

const check = kubeletCheck({
  rule: 'rule',
  flag: 'mode',
  field: 'a.mode',
  badFlag: (value) => (value === 'bad' ? 'bad by flag' : undefined),
  badField: (value) => (value === 'bad' ? 'bad in the file' : undefined),
  unset: 'bad by default',
});

function node(cmdLine: unknown, config?: string): KubeObject {
  const content = config === undefined ? undefined : btoa(config);
  const data = { cmdLine, configFile: { content } };
  return {
    apiVersion: 'hostdata.kubescape.cloud/v1beta0',
    kind: 'KubeletInfo',
    metadata: { name: 'a' },
    data,
  };
}

describe('a setting of the kubelet', () => {
  it.each([
    ['the flag before the file', 'kubelet --mode=good --config=x', 'a: { mode: bad }', undefined],
    ['the flag, as two words', 'kubelet --mode bad', undefined, 'bad by flag'],
    ['the last flag of several', 'kubelet --mode=bad --mode=good', undefined, undefined],
    ['no flag that only begins so', 'kubelet --mode-x=good', undefined, 'bad by default'],
    ['the file', 'kubelet --config=x', 'a: { mode: bad }', 'bad in the file'],
    ['the file, though it is not there', 'kubelet --config=x', 'b: 1', undefined],
    ['the default without either', 'kubelet', undefined, 'bad by default'],
  ])('goes by %s', (_, line, config, message) => {
    expect(check.judge(node(line, config), context)[0]?.message).toBe(message);
  });

  it('is undecided while the file is not reported', () => {
    expect(check.judge(node('kubelet --config=x'), context)).toMatchObject([{ undecided: true }]);
  });

  it.each([
    [node(7), 'data.cmdLine is not reported'],
    [node('kubelet --config=x', 'a: [1'), 'data.configFile.content is no YAML mapping'],
    [node('kubelet --config=x', '- a'), 'data.configFile.content is no YAML mapping'],
  ])('cannot be read %#', (object, reason) => {
    expect(check.unreadable?.(object, context)).toContain(reason);
    expect(check.judge(object, context)).toEqual([]);
  });

  it('needs no file to go by the flag', () => {
    expect(check.unreadable?.(node('kubelet --mode=good --config=x', 'a: [1'), context)).toBeUndefined();
  });
});
