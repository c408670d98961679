import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check, CheckContext } from '../control.ts';
import { type ContainerPlace, containersAt, type PodSpec } from '../pod-spec.ts';
import { isBeyond, isSet, type Resource } from './resources.ts';

/** Templates of agent sandboxes. Source: https://github.com/kubernetes-sigs/agent-sandbox */
export const sandboxKinds = ['SandboxTemplate'];

/** The pod of a sandbox template; undefined where it says none. */
export function sandboxPodOf(template: KubeObject): PodSpec | undefined {
  const spec = template['spec'] as { podTemplate?: { spec?: PodSpec | null } | null } | null | undefined;
  const pod = spec?.podTemplate?.spec;
  return typeof pod === 'object' && pod !== null ? pod : undefined;
}

export const sandboxPodPath = 'spec.podTemplate.spec';

export function sandboxContainersOf(
  template: KubeObject,
  lists: readonly ('containers' | 'initContainers')[] = ['containers'],
): readonly ContainerPlace[] {
  const spec = sandboxPodOf(template);
  const none = { labels: {}, annotations: {}, metadataPath: 'spec.podTemplate.metadata' };
  return spec === undefined ? [] : containersAt({ spec, path: sandboxPodPath, ...none }, lists);
}

/** A check that containers of sandboxes have a limit, and one that the input does not forbid. */
export function sandboxLimitCheck(rule: string, resource: Resource): Check {
  const name = resource === 'cpu' ? 'CPU' : 'memory';
  return {
    rule,
    kinds: sandboxKinds,
    judge(template, { inputs }) {
      return sandboxContainersOf(template).flatMap(({ container, path, label }): Breach[] => {
        const limit = container.resources?.limits?.[resource];
        const place = `${path}.resources.limits.${resource}`;
        if (!isSet(limit)) {
          const fixPaths = [{ path: place, value: 'YOUR_VALUE' }];
          return [{ message: `${label} has no ${name} limit`, failedPaths: [], fixPaths }];
        }
        const most = inputs[`sandbox_${resource}_limit_max`] ?? [];
        const broken = most.find((text) => isBeyond(limit, { side: 'max', text }));
        if (broken === undefined) return [];
        const message = `${label}: the ${name} limit is above the most that the inputs allow, ${broken}`;
        return [{ message, reviewPaths: [place], failedPaths: [place], fixPaths: [] }];
      });
    },
  };
}

/** A check of the images of sandboxes, those of init containers too. */
export function sandboxImageCheck(
  rule: string,
  problemOf: (image: string, context: CheckContext) => string | undefined,
): Check {
  return {
    rule,
    kinds: sandboxKinds,
    judge(template, context) {
      return sandboxContainersOf(template, ['containers', 'initContainers']).flatMap(
        ({ container: { image }, path, label }): Breach[] => {
          if (typeof image !== 'string' || image === '') return [];
          const problem = problemOf(image, context);
          if (problem === undefined) return [];
          const message = `${label}: the image ${image} ${problem}`;
          return [{ message, failedPaths: [`${path}.image`], fixPaths: [] }];
        },
      );
    },
  };
}
