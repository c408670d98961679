import type { KubeObject, ObjectRef } from '../../model/object.ts';
import { fieldsAt, fieldsList, isFields, labelsOf, textList, textOf } from './fields.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether an object of these labels is selected. */
export type LabelTest = (labels: Labels) => boolean;

/**
 * Reads a LabelSelector: all of `matchLabels` and `matchExpressions` must hold, and an empty one selects everything.
 * An operator that is not known selects nothing.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function labelSelector(selector: unknown): LabelTest {
  if (!isFields(selector)) return () => false;
  const equal = Object.entries(labelsOf(selector['matchLabels']));
  const tests = fieldsList(selector['matchExpressions']).map(expressionTest);
  return (labels) =>
    equal.every(([name, value]) => labels[name] === value) && tests.every((test) => test(labels));
}

function expressionTest(expression: Readonly<Record<string, unknown>>): LabelTest {
  const name = textOf(expression['key']);
  const values = new Set(textList(expression['values']));
  switch (expression['operator']) {
    case 'In':
      return (labels) => values.has(labels[name] ?? '') && Object.hasOwn(labels, name);
    case 'NotIn':
      return (labels) => !Object.hasOwn(labels, name) || !values.has(labels[name] ?? '');
    case 'Exists':
      return (labels) => Object.hasOwn(labels, name);
    case 'DoesNotExist':
      return (labels) => !Object.hasOwn(labels, name);
    default:
      return () => false;
  }
}

/** Where a kind has its pod, or the template of its pods: what holds `metadata` and `spec` of it. */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Undefined for a kind that has no pods. */
export function podPathOf(kind: string): readonly string[] | undefined {
  return podPaths[kind];
}

interface Selecting {
  readonly kind: string;
  readonly test: LabelTest;
}

interface Selectable {
  readonly labels: Labels;
}

/** NetworkPolicies and Services, and the pods and pod templates of the same namespace that they select. */
export class SelectorIndex {
  readonly #namespaceOf = new Map<string, string>();
  readonly #selecting = new Map<string, Map<string, Selecting>>();
  readonly #selectable = new Map<string, Map<string, Selectable>>();

  put(key: string, ref: ObjectRef, object: KubeObject): void {
    this.delete(key);
    const path = podPathOf(ref.kind);
    if (path !== undefined)
      add(this.#selectable, ref.namespace, key, {
        labels: labelsOf(fieldsAt(object, ...path, 'metadata', 'labels')),
      });
    else if (ref.kind === 'NetworkPolicy' || ref.kind === 'Service')
      add(this.#selecting, ref.namespace, key, { kind: ref.kind, test: selectorOf(ref.kind, object) });
    else return;
    this.#namespaceOf.set(key, ref.namespace);
  }

  delete(key: string): void {
    const namespace = this.#namespaceOf.get(key);
    if (namespace === undefined) return;
    this.#namespaceOf.delete(key);
    for (const index of [this.#selecting, this.#selectable]) {
      const members = index.get(namespace);
      members?.delete(key);
      if (members?.size === 0) index.delete(namespace);
    }
  }

  /** Keys of the pods and workloads that the NetworkPolicy or Service selects. */
  selected(key: string): readonly string[] {
    const namespace = this.#namespaceOf.get(key) ?? '';
    const test = this.#selecting.get(namespace)?.get(key)?.test;
    if (test === undefined) return [];
    return [...(this.#selectable.get(namespace) ?? [])]
      .filter(([, { labels }]) => test(labels))
      .map(([workload]) => workload);
  }

  /** The labels of the pod, or of the pods that the workload makes; undefined for an object without pods. */
  podLabels(key: string): Labels | undefined {
    const namespace = this.#namespaceOf.get(key);
    return namespace === undefined ? undefined : this.#selectable.get(namespace)?.get(key)?.labels;
  }

  /** Pods and workloads of a namespace, or of all. */
  *pods(
    namespace?: string,
  ): IterableIterator<{ readonly key: string; readonly namespace: string; readonly labels: Labels }> {
    const places = namespace === undefined ? this.#selectable.keys() : [namespace];
    for (const place of places)
      for (const [key, { labels }] of this.#selectable.get(place) ?? [])
        yield { key, namespace: place, labels };
  }

  /** Keys of the NetworkPolicies or Services that select the pod, or the pods of the workload. */
  selecting(key: string, kind: 'NetworkPolicy' | 'Service'): readonly string[] {
    const namespace = this.#namespaceOf.get(key) ?? '';
    const labels = this.#selectable.get(namespace)?.get(key)?.labels;
    if (labels === undefined) return [];
    return [...(this.#selecting.get(namespace) ?? [])]
      .filter(([, selecting]) => selecting.kind === kind && selecting.test(labels))
      .map(([selector]) => selector);
  }
}

/** A Service without selector has its endpoints set by hand; a NetworkPolicy's empty one selects the whole namespace. */
function selectorOf(kind: string, object: KubeObject): LabelTest {
  if (kind === 'NetworkPolicy') return labelSelector(fieldsAt(object, 'spec', 'podSelector'));
  const matchLabels = labelsOf(fieldsAt(object, 'spec', 'selector'));
  return Object.keys(matchLabels).length === 0 ? () => false : labelSelector({ matchLabels });
}

function add<T>(index: Map<string, Map<string, T>>, namespace: string, key: string, value: T): void {
  const members = index.get(namespace);
  if (members === undefined) index.set(namespace, new Map([[key, value]]));
  else members.set(key, value);
}
