import { expect, it } from 'vitest';
import { controlPlaneAlerts, withoutControlPlane } from './control-plane-rules.ts';
import { parseRuleFile } from './rule-file.ts';

function fileOf(exprs: readonly string[]) {
  const rules = exprs.map((expr, i) => `      - { alert: A${i}, expr: '${expr}' }`);
  return parseRuleFile(`groups:\n  - name: g\n    rules:\n${rules.join('\n')}\n`, 'rules.yaml');
}

it.each([
  'absent(up{job="kube-scheduler"})',
  'absent(up{job="kube-controller-manager"} == 1)',
  'absent_over_time(up{job=~"etcd|kube-etcd"}[10m]) == 1',
  'absent(up{job=~"kube-(scheduler|controller-manager)"})',
])('%s needs a control plane of our own', (expr) => {
  expect(controlPlaneAlerts([fileOf([expr])])).toEqual(['A0']);
});

it.each([
  'absent(up{job="apiserver"})',
  'absent(up{job="kubelet"})',
  'up{job="kube-scheduler"} == 0',
  'absent(up{job=~"kube-scheduler|shop"})',
  'absent(up{job=~"kube-.*"})',
  'absent(up{job!="kube-scheduler"})',
  'absent(up{job="kube-scheduler"}) and on () up{job="shop"}',
  'vector(1)',
])('%s does not', (expr) => {
  expect(controlPlaneAlerts([fileOf([expr])])).toEqual([]);
});

it('turns off those alone, and says why', () => {
  const [file] = withoutControlPlane([fileOf(['absent(up{job="etcd"})', 'up == 0'])], 'it is managed');
  expect(file?.groups[0]?.rules.map((rule) => [rule.name, 'off' in rule ? rule.off : undefined])).toEqual([
    ['A0', 'it is managed'],
    ['A1', undefined],
  ]);
});
