import type { LabelSelector } from '../selectors.ts';

/** A ValidatingAdmissionPolicy's `spec`, as far as it is read, after it was checked. */
export interface PolicyFields {
  readonly failurePolicy?: 'Fail' | 'Ignore';
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
  readonly matchConstraints?: MatchFields;
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations?: readonly {
    readonly expression: string;
    readonly message?: string;
    readonly messageExpression?: string;
    readonly reason?: string;
  }[];
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
}

/** `matchConstraints` of a policy, `matchResources` of a binding. */
export interface MatchFields {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly RuleFields[];
  readonly excludeResourceRules?: readonly RuleFields[];
  readonly matchPolicy?: 'Exact' | 'Equivalent';
}

export interface RuleFields {
  readonly resourceNames?: readonly string[];
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly scope?: string;
}

export interface BindingFields {
  readonly policyName: string;
  readonly paramRef?: ParamRef;
  readonly matchResources?: MatchFields;
  readonly validationActions?: readonly string[];
}

export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: 'Allow' | 'Deny';
}

/** Something in a policy or binding that the API server would refuse, and where. */
export interface FieldProblem {
  /** `spec.validations[0].expression`. */
  readonly path: string;
  readonly message: string;
  /** The line of the field's text that it is about, from 0; for expressions of several lines. */
  readonly line?: number;
}

type Shape =
  | 'text'
  | 'selector'
  | { readonly oneOf: readonly string[] }
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly needed?: readonly string[] };

const text = 'text';
const texts = { list: text } as const;
const rule: Shape = {
  fields: {
    ...{ resourceNames: texts, operations: texts, apiGroups: texts, apiVersions: texts, resources: texts },
    scope: { oneOf: ['*', 'Cluster', 'Namespaced'] },
  },
  needed: ['operations', 'apiGroups', 'apiVersions', 'resources'],
};
const match: Shape = {
  fields: {
    ...{ namespaceSelector: 'selector', objectSelector: 'selector' },
    ...{ resourceRules: { list: rule }, excludeResourceRules: { list: rule } },
    matchPolicy: { oneOf: ['Exact', 'Equivalent'] },
  },
};
const named: Shape = { list: { fields: { name: text, expression: text }, needed: ['name', 'expression'] } };

export const policyShape: Shape = {
  fields: {
    failurePolicy: { oneOf: ['Fail', 'Ignore'] },
    paramKind: { fields: { apiVersion: text, kind: text }, needed: ['apiVersion', 'kind'] },
    ...{ matchConstraints: match, matchConditions: named, variables: named },
    validations: {
      list: {
        fields: { expression: text, message: text, messageExpression: text, reason: text },
        needed: ['expression'],
      },
    },
    auditAnnotations: {
      list: { fields: { key: text, valueExpression: text }, needed: ['key', 'valueExpression'] },
    },
  },
  needed: ['matchConstraints'],
};

export const bindingShape: Shape = {
  fields: {
    policyName: text,
    paramRef: {
      fields: {
        ...{ name: text, namespace: text, selector: 'selector' },
        parameterNotFoundAction: { oneOf: ['Allow', 'Deny'] },
      },
    },
    matchResources: match,
    validationActions: { list: { oneOf: ['Deny', 'Warn', 'Audit'] } },
  },
  needed: ['policyName', 'validationActions'],
};

/** Everything in which a value is not of its shape; keys that are not known are refused, as the API server's strict reading does. */
export function faultsOf(value: unknown, shape: Shape, path: string): readonly FieldProblem[] {
  if (shape === 'text')
    return typeof value === 'string' ? [] : [{ path, message: `must be a text, not ${said(value)}` }];
  if (shape === 'selector')
    return isFields(value) ? [] : [{ path, message: `must be a label selector, not ${said(value)}` }];
  if ('oneOf' in shape)
    return shape.oneOf.includes(String(value))
      ? []
      : [{ path, message: `must be one of ${shape.oneOf.join(', ')}, not ${said(value)}` }];
  if ('list' in shape) {
    if (!Array.isArray(value)) return [{ path, message: `must be a list, not ${said(value)}` }];
    return value.flatMap((item, i) => faultsOf(item, shape.list, `${path}[${i}]`));
  }
  if (!isFields(value)) return [{ path, message: `must be a mapping, not ${said(value)}` }];
  const missing = (shape.needed ?? []).filter((key) => value[key] === undefined || value[key] === null);
  return [
    ...missing.map((key) => ({ path: `${path}.${key}`, message: 'is missing' })),
    ...Object.entries(value).flatMap(([key, one]) => {
      const own = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
      if (own === undefined) return [{ path: `${path}.${key}`, message: 'there is no such field' }];
      return one === undefined || one === null ? [] : faultsOf(one, own, `${path}.${key}`);
    }),
  ];
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 60 ? `${json.slice(0, 59)}…` : json;
}
