import type { Check } from '../control.ts';
import { type PodSpec, podOf, workloadKinds } from '../pod-spec.ts';

/** A check that a field of the pod is not `true`. */
export function podFlagCheck(
  rule: string,
  field: 'hostPID' | 'hostIPC' | 'hostNetwork',
  means: string,
): Check {
  return {
    rule,
    kinds: workloadKinds,
    judge(object) {
      const pod = podOf(object);
      if (pod?.spec[field satisfies keyof PodSpec] !== true) return [];
      const places = [`${pod.path}.${field}`];
      return [{ message: means, deletePaths: places, failedPaths: places, fixPaths: [] }];
    },
  };
}
