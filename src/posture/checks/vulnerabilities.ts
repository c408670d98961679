import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check, CheckContext } from '../control.ts';
import { containersOf, itemsOf } from '../pod-spec.ts';

export interface Vulnerability {
  readonly name?: string;
  readonly severity?: string;
  readonly categories?: { readonly isRce?: boolean };
}

/** A check of what is known of the images that a pod runs (`ImageVulnerabilities`, named after the image). */
export function vulnerabilityCheck(options: {
  readonly rule: string;
  /** Narrows the pods that count: those that are open to the outside, say. */
  applies?(pod: KubeObject, context: CheckContext): boolean;
  isWrong(found: readonly Vulnerability[], context: CheckContext): boolean;
  readonly means: string;
}): Check {
  return {
    rule: options.rule,
    kinds: ['Pod'],
    needs: ['ImageVulnerabilities'],
    judge(pod, context) {
      if (options.applies?.(pod, context) === false) return [];
      return containersOf(pod).flatMap(({ container: { image }, label }, i): Breach[] => {
        if (typeof image !== 'string') return [];
        const report = context.view.get('ImageVulnerabilities', '', image);
        if (report === undefined) {
          return [{ message: `nothing is known of the vulnerabilities of ${image}`, unknown: true }];
        }
        const found = itemsOf(report['data'] as readonly Vulnerability[] | undefined).map(({ item }) => item);
        if (found.length === 0 || !options.isWrong(found, context)) return [];
        const places = [`status.containerStatuses[${i}].imageID`];
        const { name, namespace } = pod.metadata;
        return [
          {
            message: `${label}: the image ${image} ${options.means}`,
            reviewPaths: places,
            failedPaths: places,
            fixPaths: [],
            external: {
              apiVersion: 'result.vulnscan.com/v1',
              kind: pod.kind,
              metadata: { name, namespace },
              relatedObjects: [pod, report],
            },
            related: [report],
          },
        ];
      });
    },
  };
}
