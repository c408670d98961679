import { describe, expect, it } from 'vitest';
import type { Labels } from '../model/labels.ts';
import { relabel, relabelSteps } from './relabel.ts';
import { relabelConfigSchema } from './relabel-config.ts';

const rules = (...written: unknown[]) => written.map((one) => relabelConfigSchema.parse(one));
const through = (labels: Labels, ...written: unknown[]) => relabel(labels, rules(...written));

describe('relabelling', () => {
  it('replaces with groups, into a label whose name may have groups too', () => {
    expect(
      through(
        { a: 'env:prod' },
        { source_labels: ['a'], regex: '([^:]+):(.+)', target_label: '${1}', replacement: 'is-$2' },
      ),
    ).toEqual({ a: 'env:prod', env: 'is-prod' });
  });

  it('leaves labels alone where the whole text does not match', () => {
    expect(through({ a: 'xfoo' }, { source_labels: ['a'], regex: 'foo', target_label: 'b' })).toEqual({
      a: 'xfoo',
    });
  });

  it('joins source labels, missing ones being empty, and takes lines breaks in', () => {
    expect(through({ a: '1\n2' }, { source_labels: ['a', 'no'], regex: '(.*);', target_label: 'b' })).toEqual(
      {
        a: '1\n2',
        b: '1\n2',
      },
    );
  });

  it('removes a label that becomes empty', () => {
    expect(through({ a: '1' }, { target_label: 'a', replacement: '' })).toEqual({});
  });

  it.each([
    [{ action: 'keep', source_labels: ['a'], regex: '1' }, true],
    [{ action: 'keep', source_labels: ['a'], regex: '2' }, false],
    [{ action: 'drop', source_labels: ['a'], regex: '1' }, false],
    [{ action: 'Drop', source_labels: ['b'], regex: '1' }, true],
    [{ action: 'keepequal', source_labels: ['a'], target_label: 'same' }, true],
    [{ action: 'keepequal', source_labels: ['a'], target_label: 'b' }, false],
    [{ action: 'dropequal', source_labels: ['a'], target_label: 'same' }, false],
    [{ action: 'dropequal', source_labels: ['a'], target_label: 'none' }, true],
  ])('%j keeps: %j', (rule, kept) => {
    expect(through({ a: '1', b: '2', same: '1' }, rule) !== undefined).toBe(kept);
  });

  it('maps, drops and keeps label names', () => {
    const labels = { __meta_zone: 'x', __meta_a: '1', b: '2' };
    expect(through(labels, { action: 'labelmap', regex: '__meta_(.+)' })).toEqual({
      ...labels,
      zone: 'x',
      a: '1',
    });
    expect(through(labels, { action: 'labeldrop', regex: '__meta.*' })).toEqual({ b: '2' });
    expect(through(labels, { action: 'labelkeep', regex: 'b' })).toEqual({ b: '2' });
  });

  it('changes the case', () => {
    expect(through({ a: 'Foo' }, { action: 'uppercase', source_labels: ['a'], target_label: 'u' })).toEqual({
      a: 'Foo',
      u: 'FOO',
    });
  });

  it('shares work out as Prometheus does', () => {
    // The MD5 of "foo" is acbd18db4cc2f85cedef654fccc4a4d8: 0xedef654fccc4a4d8 modulo 1000.
    const rule = { action: 'hashmod', source_labels: ['a'], target_label: 'h', modulus: 1000 };
    expect(through({ a: 'foo' }, rule)).toEqual({ a: 'foo', h: '696' });
  });

  it('tells each step for people, up to the one that drops', () => {
    const steps = relabelSteps(
      { a: '1' },
      rules(
        { target_label: 'b', replacement: 'x' },
        { action: 'drop', source_labels: ['b'], regex: 'x' },
        { target_label: 'c' },
      ),
    );
    expect(steps.map(({ labels }) => labels)).toEqual([{ a: '1', b: 'x' }, undefined]);
  });
});

describe('a rule that cannot work is refused', () => {
  it.each([
    [{ action: null }, 'the relabel action cannot be empty'],
    [{ action: 'swap' }, /unknown relabel action "swap"/],
    [{ action: 'hashmod', target_label: 'a' }, /non-zero modulus/],
    [{ action: 'replace' }, /requires a 'target_label'/],
    [{ action: 'keepequal', target_label: 'a', regex: 'x' }, /takes only 'source_labels' and 'target_label'/],
    [{ action: 'labeldrop', target_label: 'a' }, /takes only 'regex'/],
    [{ action: 'lowercase', target_label: 'a', replacement: 'x' }, /'replacement' can not be set/],
    [{ target_label: 'a', regex: '(' }, /bad regular expression/],
  ])('%j', (written, message) => {
    const result = relabelConfigSchema.safeParse(written);
    expect(result.error?.issues[0]?.message).toMatch(message);
  });
});
