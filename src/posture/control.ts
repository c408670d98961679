import type { KubeObject } from '../model/object.ts';

/**
 * What controls may ask of the cluster. The engine records each question, so that a change of an answer judges again
 * exactly those objects whose verdicts asked it.
 */
export interface ClusterView {
  get(kind: string, namespace: string, name: string): KubeObject | undefined;
  /** All objects of a kind, in one namespace when one is given. Kinds are unique by name in what controls need. */
  list(kind: string, namespace?: string): readonly KubeObject[];
  /**
   * Objects of a kind in a namespace whose pod selector chooses these labels. Asked through `listSelecting`, which makes do
   * without; a view that has it ties the verdict to those objects alone, not to all of the namespace.
   */
  selecting?(
    kind: string,
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): readonly KubeObject[];
}

/** Kubescape's control inputs by name, e.g. `insecureCapabilities`; see inputs.ts for the defaults. */
export type ControlInputs = Readonly<Record<string, readonly string[]>>;

export interface CheckContext {
  readonly view: ClusterView;
  readonly inputs: ControlInputs;
}

/** A place to mend and the value that it should have, as JSON text without quotes around strings (`true`, `NET_RAW`). */
export interface FixPath {
  readonly path: string;
  readonly value: string;
}

/**
 * One breach, in the shape of a Kubescape rule response so that the two can be compared: `undefined` lists are absent,
 * which differs from empty. Paths name fields as `kubectl explain` does, lists with an index.
 */
export interface Breach {
  /** What is wrong, in our words, for people. */
  readonly message: string;
  readonly failedPaths?: readonly string[];
  readonly reviewPaths?: readonly string[];
  readonly deletePaths?: readonly string[];
  readonly fixPaths?: readonly FixPath[];
  readonly fixCommand?: string;
  /** What is in breach when it is not the judged object itself: other objects, or something that is no Kubernetes object. */
  readonly objects?: readonly KubeObject[];
  readonly external?: unknown;
  readonly related?: readonly KubeObject[];
}

/** The judgement behind one upstream rule. Controls list the checks that they are made of; several controls may share one. */
export interface Check {
  /** The upstream rule's name, by which its test cases are found. */
  readonly rule: string;
  /** Kinds that it judges, one object at a time. A check of something derived (RBAC subjects) names what it derives from. */
  readonly kinds: readonly string[];
  /** Host or cloud facts that must be there to judge at all, as a kind (`KubeletInfo`, `ClusterDescribe`); without them the verdict is unknown. */
  readonly needs?: readonly string[];
  /** Whether the object is one that the control is about; others are not applicable. All are when left out. */
  applies?(object: KubeObject, context: CheckContext): boolean;
  /** Pure. No breaches means that the object passes. */
  judge(object: KubeObject, context: CheckContext): Breach[];
}

/** One posture control: what it asks, why, how to mend it, the checks, and the examples that prove it. */
export interface Control {
  /** Kubescape's id, e.g. `C-0057`. */
  readonly id: string;
  /** Kubescape's name. */
  readonly name: string;
  /** 0 to 10; gives the severity. */
  readonly baseScore: number;
  readonly category: string;
  /** Why it matters, in our words; one to three sentences. */
  readonly why: string;
  /** What to do about it, in our words. */
  readonly fix: string;
  readonly checks: readonly Check[];
  /** YAML, one or more documents; each is judged against the other documents of the same example as its cluster. Shown in docs and pages and run by controls.test.ts. */
  readonly examples: {
    readonly pass: readonly string[];
    readonly fail: readonly { readonly yaml: string; readonly paths: readonly string[] }[];
  };
}

/** Identity; exists so that a control file is checked against {@link Control} where it is written. */
export function defineControl(control: Control): Control {
  return control;
}
