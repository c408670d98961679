import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelName, labelsOfKeys, labelText, readLabelText } from './label-names.ts';

const all = () => true;

describe('labels of Kubernetes as labels', () => {
  it('lose what Prometheus does not take, and camel humps', () => {
    expect(labelName('label', 'app.kubernetes.io/name')).toBe('label_app_kubernetes_io_name');
    expect(labelName('annotation', 'cniVersion-2')).toBe('annotation_cni_version_2');
    expect(labelName('label', 'ROLE')).toBe('label_role');
  });

  it('are numbered where they come to the same name, the first one too', () => {
    const labels = { 'a-b': '1', 'a.b': '2', 'a/b': '3', other: '4' };
    expect(labelsOfKeys('label', labels, all)).toEqual([
      ...['label_a_b_conflict1', '1', 'label_a_b_conflict2', '2', 'label_a_b_conflict3', '3'],
      ...['label_other', '4'],
    ]);
  });

  it('are not numbered as one that has such a name already', () => {
    const labels = { 'a-b': '1', 'a.b': '2', a_b_conflict1: '3' };
    expect(labelsOfKeys('label', labels, all)).toEqual([
      ...['label_a_b_conflict2', '1', 'label_a_b_conflict3', '2', 'label_a_b_conflict1', '3'],
    ]);
  });

  it('keep every value under a name of its own that Prometheus takes', () => {
    const key = fc.stringMatching(/^[a-zA-Z0-9._/-]{1,6}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.string(), { maxKeys: 12 }), (labels) => {
        const pairs = labelsOfKeys('label', labels, all);
        const names = pairs.filter((_, i) => i % 2 === 0);
        expect(new Set(names).size).toBe(Object.keys(labels).length);
        for (const name of names) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
        expect(pairs.filter((_, i) => i % 2 === 1).sort()).toEqual(Object.values(labels).sort());
      }),
    );
  });

  it('are read back from their text', () => {
    const name = fc.stringMatching(/^[a-z_]{1,6}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme', minLength: 1 })), (labels) => {
        const read: Record<string, string> = {};
        readLabelText(labelText(Object.entries(labels).flat()), read);
        expect(read).toEqual({ ...labels });
      }),
    );
  });

  it('of empty values are labels that are not there', () => {
    const read: Record<string, string> = {};
    readLabelText('a="",b="x\\\\y\\n\\"",c=""', read);
    expect(read).toEqual({ b: 'x\\y\n"' });
  });
});
