import { describe, expect, it } from 'vitest';
import { resources } from './resources/index.ts';
import { type FamilySelection, parseKeyLists, selectFamilies } from './select-families.ts';
import { seriesOf } from './testing.ts';

const namespace = {
  metadata: {
    name: 'n',
    labels: { team: 'red', 'app.io/a': '1', 'app.io/b': '2' },
    annotations: { note: 'x' },
  },
};

function names(selection: FamilySelection): readonly string[] {
  const chosen = resources.filter(({ resource }) => resource === 'namespaces');
  return selectFamilies(chosen, selection).flatMap(({ families }) => families.map(({ name }) => name));
}

describe('what is rendered', () => {
  it('are the metrics that patterns allow, or those that none denies', () => {
    expect(names({ metricAllowlist: ['_created$', 'phase'] })).toEqual([
      ...['kube_namespace_created', 'kube_namespace_status_phase'],
    ]);
    expect(names({ metricDenylist: ['kube_namespace_(labels|annotations|status_.*)'] })).toEqual([
      'kube_namespace_created',
    ]);
    expect(() => names({ metricAllowlist: ['a'], metricDenylist: ['b'] })).toThrow(/exclude each other/);
    expect(() => names({ metricAllowlist: ['('] })).toThrow(/bad regular expression/);
  });

  it('are the labels that are allowed by name, by pattern, or all', () => {
    const labels = (...keys: readonly string[]) =>
      seriesOf('namespaces', namespace, 'labels', { labelsAllowlist: { namespaces: keys } });
    expect(labels()).toEqual([]);
    expect(labels('team', 'none')).toEqual(['kube_namespace_labels{namespace="n",label_team="red"} 1']);
    expect(labels('none')).toEqual(['kube_namespace_labels{namespace="n"} 1']);
    expect(labels('app.io/*')).toEqual([
      'kube_namespace_labels{namespace="n",label_app_io_a="1",label_app_io_b="2"} 1',
    ]);
    expect(labels('*')[0]).toContain('label_team="red"');
  });

  it('are annotations by a list of their own, which may be for all resources', () => {
    const selection = { annotationsAllowlist: { '*': ['note'] } };
    expect(seriesOf('namespaces', namespace, 'annotations', selection)).toEqual([
      'kube_namespace_annotations{namespace="n",annotation_note="x"} 1',
    ]);
  });

  it('are lists in the form of the flags', () => {
    expect(parseKeyLists('pods=[app,app.kubernetes.io/name],nodes=[*]')).toEqual({
      pods: ['app', 'app.kubernetes.io/name'],
      nodes: ['*'],
    });
    expect(parseKeyLists('*=[*]')).toEqual({ '*': ['*'] });
    expect(parseKeyLists('pods=app')).toBeUndefined();
    expect(parseKeyLists('')).toEqual({});
  });
});
