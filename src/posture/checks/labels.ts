import type { KubeObject } from '../../model/object.ts';
import type { Check, FixPath } from '../control.ts';
import { podOf, workloadKinds } from '../pod-spec.ts';

/** A check that a workload and its pods bear at least one of the labels that an input names. */
export function labelCheck(rule: string, input: string): Check {
  return {
    rule,
    kinds: workloadKinds,
    judge(object, { inputs }) {
      const wanted = inputs[input] ?? [];
      const fixPaths = [
        ...fixOf(object.metadata?.labels, 'metadata.labels', wanted),
        ...podFix(object, wanted),
      ];
      if (fixPaths.length === 0) return [];
      return [{ message: `none of the labels of the input ${input} is there`, failedPaths: [], fixPaths }];
    },
  };
}

function podFix(object: KubeObject, wanted: readonly string[]): FixPath[] {
  const pod = podOf(object);
  if (object.kind === 'Pod' || pod === undefined) return [];
  return fixOf(pod.labels, `${pod.path.replace(/\.spec$/, '')}.metadata.labels`, wanted);
}

function fixOf(labels: unknown, path: string, wanted: readonly string[]): FixPath[] {
  const own = typeof labels === 'object' && labels !== null ? labels : {};
  if (wanted.some((label) => Object.hasOwn(own, label))) return [];
  return [{ path: `${path}[${wanted[0] ?? 'YOUR_LABEL'}]`, value: 'YOUR_VALUE' }];
}
