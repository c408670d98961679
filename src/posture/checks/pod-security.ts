import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check, ControlInputs } from '../control.ts';
import {
  type ContainerPlace,
  containersOf,
  everyContainer,
  type PodTemplate,
  podOf,
  type SecurityContext,
  workloadKinds,
} from '../pod-spec.ts';

/** A minor version of Kubernetes 1; `latest` is beyond all of them. */
export function podSecurityVersion(inputs: ControlInputs): number {
  const [text = 'latest'] = inputs['podSecurityVersion'] ?? [];
  return text === 'latest' ? Number.POSITIVE_INFINITY : Number(/^v?1\.(\d+)$/.exec(text)?.[1]);
}

/**
 * A check of the Pod Security Standards, of every container and of every version from `since` on. The version is the input
 * `podSecurityVersion`, as a namespace's label `pod-security.kubernetes.io/enforce-version` gives it.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurityCheck(
  id: string,
  judge: (pod: PodTemplate, version: number, object: KubeObject) => Breach[],
  { since = 0, before }: { readonly since?: number; readonly before?: number } = {},
): Check {
  return {
    rule: `pod-security-${id}`,
    kinds: workloadKinds,
    applies(_object, { inputs }) {
      const version = podSecurityVersion(inputs);
      return version >= since && (before === undefined || version < before);
    },
    judge(object, { inputs }) {
      const pod = podOf(object);
      return pod === undefined ? [] : judge(pod, podSecurityVersion(inputs), object);
    },
  };
}

/** A security context, of the pod or of one of its containers. */
export interface SecurityPlace {
  readonly context: SecurityContext;
  readonly path: string;
  readonly label: string;
}

/** The pod's security context, where it has one, and those of its containers. */
export function securityContextsOf(pod: PodTemplate, object: KubeObject): SecurityPlace[] {
  const own = pod.spec.securityContext;
  const containers = containersOf(object, everyContainer);
  return [
    ...(own ? [{ context: own, path: `${pod.path}.securityContext`, label: 'the pod' }] : []),
    ...containers.flatMap(({ container, path, label }) =>
      container.securityContext
        ? [{ context: container.securityContext, path: `${path}.securityContext`, label }]
        : [],
    ),
  ];
}

export function allContainersOf(object: KubeObject): readonly ContainerPlace[] {
  return containersOf(object, everyContainer);
}

/** Something that is set and must not be: it can be taken out. */
export function forbidden(message: string, path: string): Breach {
  return { message, failedPaths: [path], deletePaths: [path], fixPaths: [] };
}

/** Since 1.25 what has no meaning on Windows is not asked of pods that say that they are for it. */
export function isForWindows({ spec }: PodTemplate, version: number): boolean {
  return version >= 25 && spec.os?.name === 'windows';
}

/** Since 1.35 root in a user namespace of its own is not root on the node. */
export function hasOwnUsers({ spec }: PodTemplate, version: number): boolean {
  return version >= 35 && spec.hostUsers === false;
}

/**
 * For what the pod may set for all of its containers, and each container for itself: those that set something wrong, and
 * containers for which nothing is set that would do.
 */
export function inherited<Value>(
  pod: PodTemplate,
  object: KubeObject,
  rule: {
    /** The field below `securityContext`. */
    readonly field: string;
    read(context: SecurityContext | undefined): Value | undefined;
    isRight(value: Value): boolean;
    /** What is to be set where nothing is. */
    readonly wanted: string;
    said(label: string, value: Value | undefined): string;
  },
): Breach[] {
  const breaches: Breach[] = [];
  const shared = rule.read(pod.spec.securityContext);
  if (shared !== undefined && !rule.isRight(shared)) {
    const path = `${pod.path}.securityContext.${rule.field}`;
    breaches.push(set(rule.said('the pod', shared), path, rule.wanted));
  }
  for (const { container, path, label } of allContainersOf(object)) {
    const own = rule.read(container.securityContext);
    const at = `${path}.securityContext.${rule.field}`;
    if (own !== undefined && !rule.isRight(own)) breaches.push(set(rule.said(label, own), at, rule.wanted));
    // Where the pod's setting is wrong that is said already.
    if (own !== undefined || shared !== undefined) continue;
    const message = rule.said(label, undefined);
    breaches.push({ message, failedPaths: [], fixPaths: [{ path: at, value: rule.wanted }] });
  }
  return breaches;
}

function set(message: string, path: string, value: string): Breach {
  return { message, failedPaths: [path], fixPaths: [{ path, value }] };
}
