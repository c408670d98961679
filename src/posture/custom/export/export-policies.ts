import type { KubeObject } from '../../../model/object.ts';
import { severityOf } from '../../../model/verdict.ts';
import type { Control } from '../../control.ts';
import { exportedValidations } from './expressions.ts';

export type ValidationAction = 'Deny' | 'Warn' | 'Audit';

/** Whether an expression says what the control says. */
export function canExport({ id }: Pick<Control, 'id'>): boolean {
  return Object.hasOwn(exportedValidations, id);
}

const containers = (lists: readonly string[]) =>
  lists.map((list) => `variables.pod.?${list}.orValue([])`).join(' + ');
const template = (field: string, otherwise: string) =>
  `object.kind == 'Pod' ? object.?${field}.orValue(${otherwise}) : object.kind == 'CronJob' ? object.?spec.?jobTemplate.?spec.?template.?${field}.orValue(${otherwise}) : object.?spec.?template.?${field}.orValue(${otherwise})`;

/** What the expressions go by; the names are those in expressions.ts. */
const variables = [
  { name: 'pod', expression: template('spec', 'dyn({})') },
  { name: 'annotations', expression: template('metadata.?annotations', 'dyn({})') },
  { name: 'main', expression: containers(['containers']) },
  { name: 'started', expression: containers(['containers', 'initContainers']) },
  { name: 'all', expression: containers(['containers', 'initContainers', 'ephemeralContainers']) },
];

const resourceRules = [
  { group: '', resources: ['pods', 'replicationcontrollers'] },
  { group: 'apps', resources: ['deployments', 'replicasets', 'daemonsets', 'statefulsets'] },
  { group: 'batch', resources: ['jobs', 'cronjobs'] },
].map(({ group, resources }) => ({
  apiGroups: [group],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources,
}));

/** A control as a ValidatingAdmissionPolicy and the binding that puts it in force; undefined where no expression can say it. */
export function exportPolicy(control: Control, action: ValidationAction): readonly KubeObject[] | undefined {
  const validations = canExport(control) ? exportedValidations[control.id] : undefined;
  if (validations === undefined) return undefined;
  const name = `skopos-${control.id.toLowerCase()}`;
  const used = variables.filter(({ name: own }) =>
    validations.some(({ expression }) => expression.includes(`variables.${own}`)),
  );
  const needsPod = used.some(({ expression }) => expression.includes('variables.pod'));
  const needed = variables.filter((one) => used.includes(one) || (needsPod && one.name === 'pod'));
  const severity = severityOf(control.baseScore);
  const annotations = {
    'skopos.io/title': control.name,
    ...(severity === 'unknown' ? {} : { 'skopos.io/severity': severity }),
    'skopos.io/category': control.category,
    'skopos.io/why': control.why,
    'skopos.io/fix': control.fix,
  };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, annotations },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules },
        variables: needed,
        validations: validations.map(({ expression, message }) => ({ expression, message })),
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: [action] },
    },
  ];
}
