import type { Clock } from '../../kit/clock.ts';
import type { KubeObject, ObjectRef } from '../../model/object.ts';
import type { KubernetesRole, KubernetesSdConfig } from '../config/kubernetes-sd-config.ts';
import type { DiscoveryKind, ReportFailure, TargetGroup } from '../target-group.ts';
import { endpointSliceTargets, endpointsTargets } from './endpoint-targets.ts';
import type { Attached, Lookup } from './object-labels.ts';
import { podTargets } from './pod-targets.ts';
import { selectorTest } from './selector.ts';
import { ingressTargets, nodeTargets, serviceTargets } from './simple-targets.ts';

/** The cluster's objects as they are known already, and the news of them: an `Inventory` is one. */
export interface ClusterObjects {
  each(kind: string, namespace?: string): Iterable<KubeObject>;
  get(kind: string, namespace: string, name: string): KubeObject | undefined;
  /** Calls with each batch of changes; returns the cancel function. */
  subscribe(
    listener: (changes: readonly { readonly ref: ObjectRef; readonly object?: KubeObject }[]) => void,
  ): () => void;
  /** Calls once everything was read once; at once when it is already. */
  onReady(listener: () => void): () => void;
}

/** A cluster that a section names itself, read for that section alone. */
export interface OtherCluster {
  readonly objects: ClusterObjects;
  /** Reads it until aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Why it cannot be read now; '' when it can. */
  problem(): string;
  /** Calls whenever the problem may be another. Returns the cancel function. */
  onChange(listener: () => void): () => void;
}

export interface KubernetesKindOptions {
  readonly clock: Clock;
  readonly report: ReportFailure;
  readonly objects: ClusterObjects | undefined;
  readonly ownNamespace: string | undefined;
  /** For sections with `api_server` or `kubeconfig_file`; without it they fail, and say so. */
  readonly otherCluster?: ((config: KubernetesSdConfig) => OtherCluster) | undefined;
}

type Build = (object: KubeObject, attached: Attached, lookup: Lookup) => Omit<TargetGroup, 'source'>;

/** The kind that each role lists, and how its objects become targets. */
const roles: Readonly<Record<KubernetesRole, { readonly kind: string; readonly build: Build }>> = {
  node: { kind: 'Node', build: nodeTargets },
  service: { kind: 'Service', build: serviceTargets },
  pod: { kind: 'Pod', build: podTargets },
  endpoints: { kind: 'Endpoints', build: endpointsTargets },
  endpointslice: { kind: 'EndpointSlice', build: endpointSliceTargets },
  ingress: { kind: 'Ingress', build: ingressTargets },
};

/** Changes are gathered for so long before groups are built again. */
const gatherMs = 100;

/**
 * Targets from objects that the process knows already: no watch of its own. Only groups that a change touches are built again:
 * each remembers what it asked for.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
 */
export function kubernetesKind(config: KubernetesSdConfig, options: KubernetesKindOptions): DiscoveryKind {
  const { report, ownNamespace, clock } = options;
  return {
    kind: 'kubernetes',
    async run(emit, signal) {
      const isElsewhere = Boolean(config.api_server) || config.kubeconfig_file !== '';
      const other = isElsewhere ? options.otherCluster?.(config) : undefined;
      const objects = isElsewhere ? other?.objects : options.objects;
      const problem = problemOf(config, objects, ownNamespace);
      if (problem !== undefined || objects === undefined) return report(problem);
      const cancelOther = other?.onChange(() => report(other.problem() || undefined));
      const reading = other?.run(signal);
      const names = [...config.namespaces.names];
      if (config.namespaces.own_namespace && ownNamespace !== undefined) names.push(ownNamespace);
      const builder = new GroupBuilder(config, names, objects);
      const dirty = new Set<string>();
      let cancelGather: (() => void) | undefined;
      let cancelChanges: (() => void) | undefined;
      const cancelReady = objects.onReady(() => {
        emit(builder.all());
        cancelChanges = objects.subscribe((changes) => {
          for (const { ref } of changes) for (const key of builder.touchedBy(ref)) dirty.add(key);
          if (dirty.size === 0) return;
          cancelGather ??= clock.timer(gatherMs, () => {
            cancelGather = undefined;
            emit([...dirty].map((key) => builder.build(key)));
            dirty.clear();
          });
        });
      });
      if (!signal.aborted)
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
      cancelReady();
      cancelChanges?.();
      cancelGather?.();
      cancelOther?.();
      await reading;
    },
  };
}

function problemOf(
  config: KubernetesSdConfig,
  objects: ClusterObjects | undefined,
  ownNamespace: string | undefined,
): string | undefined {
  if (objects === undefined) return 'there is no cluster whose objects are known';
  if (config.namespaces.own_namespace && ownNamespace === undefined)
    return 'own_namespace is set, but this process does not run in a cluster';
  return undefined;
}

/** Builds groups, and knows which of them each object is part of. */
class GroupBuilder {
  readonly #kind: string;
  readonly #build: Build;
  readonly #attached: Attached;
  readonly #objects: ClusterObjects;
  readonly #namespaces: ReadonlySet<string>;
  /** Kind to what of it may be seen. */
  readonly #tests = new Map<string, (object: KubeObject) => boolean>();
  /** What was asked for to the groups that asked. */
  readonly #askedBy = new Map<string, Set<string>>();
  readonly #asked = new Map<string, ReadonlySet<string>>();

  constructor(config: KubernetesSdConfig, namespaces: readonly string[], objects: ClusterObjects) {
    const { kind, build } = roles[config.role];
    this.#kind = kind;
    this.#build = build;
    this.#attached = config.attach_metadata;
    this.#objects = objects;
    this.#namespaces = new Set(namespaces);
    for (const selector of config.selectors)
      this.#tests.set(roles[selector.role].kind, selectorTest(selector));
  }

  all(): readonly TargetGroup[] {
    const groups: TargetGroup[] = [];
    const wanted: readonly (string | undefined)[] =
      this.#namespaces.size === 0 || this.#kind === 'Node' ? [undefined] : [...this.#namespaces];
    for (const namespace of wanted)
      for (const object of this.#objects.each(this.#kind, namespace))
        groups.push(
          this.#groupOf(keyOf(this.#kind, object.metadata.namespace ?? '', object.metadata.name), object),
        );
    return groups;
  }

  touchedBy({ kind, namespace, name }: ObjectRef): Iterable<string> {
    const key = keyOf(kind, namespace, name);
    const asking = this.#askedBy.get(key) ?? [];
    return kind === this.#kind && this.#isWanted(namespace) ? [key, ...asking] : asking;
  }

  build(key: string): TargetGroup {
    const [kind = '', namespace = '', name = ''] = key.split('/');
    return this.#groupOf(key, this.#objects.get(kind, namespace, name));
  }

  #isWanted(namespace: string): boolean {
    return this.#namespaces.size === 0 || namespace === '' || this.#namespaces.has(namespace);
  }

  #groupOf(key: string, object: KubeObject | undefined): TargetGroup {
    for (const asked of this.#asked.get(key) ?? []) {
      const asking = this.#askedBy.get(asked);
      asking?.delete(key);
      if (asking?.size === 0) this.#askedBy.delete(asked);
    }
    this.#asked.delete(key);
    const source = key;
    if (object === undefined || !(this.#tests.get(this.#kind)?.(object) ?? true))
      return { source, labels: {}, targets: [] };
    const asked = new Set<string>();
    const group = this.#build(object, this.#attached, (kind, namespace, name) => {
      asked.add(keyOf(kind, namespace, name));
      const found = this.#objects.get(kind, namespace, name);
      return found !== undefined && (this.#tests.get(kind)?.(found) ?? true) ? found : undefined;
    });
    this.#asked.set(key, asked);
    for (const one of asked) {
      const asking = this.#askedBy.get(one) ?? new Set();
      this.#askedBy.set(one, asking);
      asking.add(key);
    }
    return { source, ...group };
  }
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
