import type { Breach, Check } from '../control.ts';

/**
 * A check of PodSecurityPolicies (clusters before Kubernetes 1.25). One policy that forbids it is enough, as it can be used for
 * everything that needs no more; all policies are in breach where none forbids it.
 */
export function podSecurityPolicyCheck(
  rule: string,
  allows: (spec: Readonly<Record<string, unknown>>) => boolean,
  breach: Breach,
): Check {
  return {
    rule,
    kinds: ['PodSecurityPolicy'],
    judge(_, { view }) {
      return view.list('PodSecurityPolicy').every(({ spec }) => allows(fieldsOf(spec))) ? [breach] : [];
    },
  };
}

/** The usual case: a field that is `true`. */
export function podSecurityPolicyFlag(rule: string, field: string, means: string): Check {
  const places = [`spec.${field}`];
  return podSecurityPolicyCheck(rule, (spec) => spec[field] === true, {
    message: `no policy forbids pods ${means}, and this one allows it`,
    deletePaths: places,
    failedPaths: places,
    fixPaths: [],
  });
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
