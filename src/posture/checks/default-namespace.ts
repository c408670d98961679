import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check } from '../control.ts';
import { workloadKinds } from '../pod-spec.ts';

/** A check that objects of these kinds are not in the namespace `default`, or in none that is said. */
export function defaultNamespaceCheck(
  rule: string,
  kinds: readonly string[],
  isExempt: (object: KubeObject) => boolean = () => false,
): Check {
  return {
    rule,
    kinds,
    judge(object): Breach[] {
      const namespace = object.metadata?.namespace;
      if ((namespace !== 'default' && namespace) || isExempt(object)) return [];
      const message = `it is in the namespace default${namespace ? '' : ', as it says no other'}`;
      if (!namespace) {
        const fixPaths = [{ path: 'metadata.namespace', value: 'YOUR_NAMESPACE' }];
        return [{ message, reviewPaths: [], failedPaths: [], fixPaths }];
      }
      const places = ['metadata.namespace'];
      return [{ message, reviewPaths: places, failedPaths: places, fixPaths: [] }];
    },
  };
}

export const podsInDefaultNamespaceCheck = defaultNamespaceCheck('pods-in-default-namespace', workloadKinds);
