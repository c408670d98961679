import { stringify } from 'yaml';
import type { ObjectRef } from '../../model/object.ts';
import type { Severity } from '../../model/verdict.ts';
import { byObject, type ObjectResult } from './by-object.ts';
import { groupBy } from './group-by.ts';
import type { ScanResult } from './scan-result.ts';

const severityNames = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  unknown: 'info',
} as const satisfies Record<Severity, string>;

/**
 * The result as PolicyReports, one for each namespace, and a ClusterPolicyReport for what is in none, as YAML for
 * `kubectl apply`. A result for each object and control that failed or could not be judged; what passed is only counted, as
 * objects in a cluster are limited in size.
 *
 * Source: https://github.com/kubernetes-sigs/wg-policy-prototypes/tree/master/policy-report, wgpolicyk8s.io/v1alpha2
 */
export function toPolicyReport(result: ScanResult): string {
  const all = byObject(result).values();
  const namespaces = groupBy(all, ({ object }) => object.namespace);
  const time = { seconds: Math.floor(result.atMs / 1000), nanos: 0 };
  return [...namespaces.keys()]
    .sort()
    .map((namespace) => reportOf(namespace, namespaces.get(namespace) ?? [], result, time))
    .map((report) => stringify(report, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}

function reportOf(
  namespace: string,
  objects: readonly ObjectResult[],
  result: ScanResult,
  timestamp: { readonly seconds: number; readonly nanos: number },
) {
  const head = { source: 'Skopos', scored: true, timestamp };
  const results = objects.flatMap(({ object, failed, unknown }) => [
    ...[...failed.values()].flatMap((findings) => {
      const [first] = findings;
      if (first === undefined) return [];
      const { control, severity } = first;
      return [
        {
          ...head,
          policy: control.id,
          rule: control.name,
          category: control.category,
          severity: severityNames[severity],
          result: 'fail',
          message: findings
            .map(({ evidence: { path, message } }) => (path === '' ? message : `${path}: ${message}`))
            .join('\n'),
          resources: [resourceOf(object, result)],
          properties: { fingerprints: findings.map(({ fingerprint }) => fingerprint).join(' ') },
        },
      ];
    }),
    ...[...unknown.values()].map(({ control, severity, reason }) => ({
      ...head,
      policy: control.id,
      rule: control.name,
      category: control.category,
      severity: severityNames[severity],
      result: 'skip',
      message: reason,
      resources: [resourceOf(object, result)],
    })),
  ]);
  const sum = (of: (one: ObjectResult) => number) => objects.reduce((total, one) => total + of(one), 0);
  return {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: namespace === '' ? 'ClusterPolicyReport' : 'PolicyReport',
    metadata: {
      name: 'skopos',
      ...(namespace === '' ? {} : { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'skopos' },
    },
    summary: {
      pass: sum(({ passed }) => passed.length),
      fail: sum(({ failed }) => failed.size),
      warn: 0,
      error: 0,
      skip: sum(({ unknown }) => unknown.size),
    },
    results,
  };
}

function resourceOf(object: ObjectRef, result: ScanResult) {
  const { kind, namespace, name } = object;
  return { apiVersion: result.apiVersionOf(object), kind, ...(namespace === '' ? {} : { namespace }), name };
}
