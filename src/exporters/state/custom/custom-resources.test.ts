import { describe, expect, it } from 'vitest';
import { readYamlConfig } from '../../../kit/yaml-config.ts';
import { render } from '../rendered.ts';
import { selectFamilies } from '../select-families.ts';
import { customConfigSchema } from './custom-config.ts';
import { customKinds } from './custom-resources.ts';

const object = {
  apiVersion: 'example.com/v1',
  kind: 'Foo',
  metadata: {
    name: 'one',
    namespace: 'n',
    labels: { bar: 'baz', qux: 'x' },
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {
    version: 'v1.2.3',
    replicas: 1,
    order: [
      { id: 1, value: true },
      { id: 3, value: false },
    ],
  },
  status: {
    phase: 'Pending',
    active: { 'type-a': 1, 'type-b': 3 },
    sub: { 'type-a': { active: 1, ready: 2 }, 'type-b': { active: 3, ready: 4 } },
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:10Z' },
      { type: 'Synced', status: 'Unknown' },
    ],
    usage: '50%',
    memory: '1Gi',
  },
};

/** The series that a configuration of metrics makes of the object. */
function series(metrics: string, more = ''): readonly string[] {
  const text = `
kind: CustomResourceStateMetrics
spec:
  resources:
    - groupVersionKind: { group: example.com, kind: Foo, version: v1 }
${more}
      metrics:
${metrics.replaceAll(/^/gm, '        ')}`;
  return customKinds(readYamlConfig(text, 'crs.yaml', customConfigSchema)).flatMap(({ resource }) => {
    const [selected] = selectFamilies([resource], {});
    if (selected === undefined) return [];
    const { families, labels, values } = render(object, selected);
    return families.map((family, i) => `${selected.families[family]?.name}{${labels[i]}} ${values[i]}`);
  });
}

describe('metrics of custom resources', () => {
  it('are gauges of a number at a path', () => {
    expect(
      series(
        '- { name: replicas, help: How many., each: { type: Gauge, gauge: { path: [spec, replicas] } } }',
      ),
    ).toEqual(['kube_customresource_replicas{} 1']);
  });

  it('are gauges of each member of a map, its key as a label', () => {
    const gauge = 'gauge: { path: [status, active], labelFromKey: type }';
    expect(series(`- { name: active, each: { type: Gauge, ${gauge} } }`)).toEqual([
      'kube_customresource_active{type="type-a"} 1',
      'kube_customresource_active{type="type-b"} 3',
    ]);
    const sub =
      'gauge: { path: [status, sub], labelFromKey: type, valueFrom: [ready], labelsFromPath: { active: [active] } }';
    expect(series(`- { name: ready, each: { type: Gauge, ${sub} } }`)).toEqual([
      'kube_customresource_ready{type="type-a",active="1"} 2',
      'kube_customresource_ready{type="type-b",active="3"} 4',
    ]);
  });

  it('are gauges of each member of a list, flags and their words as 1 and 0', () => {
    const order = 'gauge: { path: [spec, order], valueFrom: [value], labelsFromPath: { id: [id] } }';
    expect(series(`- { name: order, each: { type: Gauge, ${order} } }`)).toEqual([
      'kube_customresource_order{id="1"} 1',
      'kube_customresource_order{id="3"} 0',
    ]);
    const conditions =
      'gauge: { path: [status, conditions], valueFrom: [status], labelsFromPath: { type: [type] } }';
    expect(series(`- { name: condition, each: { type: Gauge, ${conditions} } }`)).toEqual([
      'kube_customresource_condition{type="Ready"} 1',
      'kube_customresource_condition{type="Synced"} 0',
    ]);
  });

  it('find a member by a field, read times, quantities and percentages, and leave out what is no number', () => {
    const at = (path: string) => series(`- { name: x, each: { type: Gauge, gauge: { path: ${path} } } }`);
    expect(at('[status, conditions, "[type=Ready]", lastTransitionTime]')).toEqual([
      'kube_customresource_x{} 1767225610',
    ]);
    expect(at('[spec, order, "-1", id]')).toEqual(['kube_customresource_x{} 3']);
    expect(at('[spec, order, 0, id]')).toEqual(['kube_customresource_x{} 1']);
    expect(at('[status, memory]')).toEqual(['kube_customresource_x{} 1073741824']);
    expect(at('[status, usage]')).toEqual(['kube_customresource_x{} 0.5']);
    expect(at('[spec, version]')).toEqual([]);
    expect(at('[spec, missing]')).toEqual([]);
    expect(series('- { name: x, each: { type: Gauge, gauge: { path: [no], nilIsZero: true } } }')).toEqual([
      'kube_customresource_x{} 0',
    ]);
  });

  it('are state sets', () => {
    const set = 'stateSet: { labelName: phase, path: [status, phase], list: [Pending, Bar] }';
    expect(series(`- { name: phase, each: { type: StateSet, ${set} } }`)).toEqual([
      'kube_customresource_phase{phase="Pending"} 1',
      'kube_customresource_phase{phase="Bar"} 0',
    ]);
    expect(series('- { name: s, each: { type: StateSet, stateSet: { path: [no], list: [a] } } }')).toEqual(
      [],
    );
  });

  it('are infos', () => {
    const info = 'info: { path: [spec], labelsFromPath: { version: [version] } }';
    expect(series(`- { name: info, each: { type: Info, ${info} } }`)).toEqual([
      'kube_customresource_info{version="v1.2.3"} 1',
    ]);
    expect(
      series('- { name: info, each: { type: Info, info: { path: [status, active], labelFromKey: type } } }'),
    ).toEqual(['kube_customresource_info{type="type-a"} 1', 'kube_customresource_info{type="type-b"} 1']);
  });

  it('have labels of the resource and of the metric, maps of them whole, and a prefix', () => {
    const more = `
      metricNamePrefix: foo
      commonLabels: { owner: me }
      labelsFromPath: { name: [metadata, name], "*": [metadata, labels], "l_*": [metadata, labels], none: [metadata, none] }`;
    const metric = `
- name: replicas
  commonLabels: { owner: them }
  each: { type: Gauge, gauge: { path: [spec, replicas] } }`;
    expect(series(metric, more)).toEqual([
      'foo_replicas{owner="them",name="one",bar="baz",qux="x",l_bar="baz",l_qux="x"} 1',
    ]);
    expect(series(metric, '      metricNamePrefix: ""')).toEqual(['replicas{owner="them"} 1']);
  });

  it.each([
    ['- { name: x, each: { type: Histogram } }', /crs\.yaml:8: .*type: expected Gauge, StateSet or Info/],
    ['- { name: x, each: { type: Gauge } }', /gauge: missing/],
    ['- { name: "a b", each: { type: Info, info: {} } }', /not a name of a metric/],
    ['- { name: x, each: { type: Info, info: { pat: [] } } }', /pat/],
  ])('say where a configuration is wrong: %s', (metrics, message) => {
    expect(() => series(metrics)).toThrow(message);
  });
});
