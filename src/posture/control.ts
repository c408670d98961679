import type { KubeObject } from '../model/object.ts';
import type { KnownImage } from './image-facts.ts';

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
   * without; a view that has it ties the verdict to those objects alone, not to all of the namespace, and to nothing of them but
   * their names and their `spec`.
   */
  selecting?(
    kind: string,
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): readonly KubeObject[];
  /**
   * Objects of a kind that have this key, in the order of their keys in the cluster; `index-keys.ts` says which keys an object
   * has. Asked through `listIndexed`, which makes do without; a view that has it ties the verdict to objects with that key
   * alone.
   */
  indexed?(kind: string, key: string): readonly KubeObject[];
  /** Whether any object of a kind has all of these keys; asked through `isAnyIndexed`. Costs next to nothing. */
  hasIndexed?(kind: string, keys: readonly string[]): boolean;
  /**
   * What is known of the images of a workload's container, by whoever scans them; asked through `knownImages`. Undefined, or left
   * out, where nobody does. The answer may change only together with `PostureEngine.imagesChanged`.
   */
  imagesOf?(workload: KubeObject, container: string, image: string): readonly KnownImage[] | undefined;
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

/** A place that a breach rests on, as people know it, and what stands there. */
export interface ShownPlace {
  readonly path: string;
  readonly value?: unknown;
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
  /**
   * What to show people where the paths above name no field of the judged object (facts of a host, a configuration file
   * inside of one): each place with its value, which must not be secret. It replaces what the paths would show.
   */
  readonly shown?: readonly ShownPlace[];
  /** What is in breach when it is not the judged object itself: other objects, or something that is no Kubernetes object. */
  readonly objects?: readonly KubeObject[];
  readonly external?: unknown;
  readonly related?: readonly KubeObject[];
  /** What is wrong with each of `related`, in the same order; `{}` for one that is only named. */
  readonly relatedPlaces?: readonly RelatedPlaces[];
  /** Not a breach, but why none can be told: the verdict is unknown with the message, unless there is a breach besides. */
  readonly unknown?: true;
  /**
   * Kubescape reports it, but nobody can say yet whether it is wrong: a person has to look, or facts are incomplete. The
   * verdict is unknown with the message, unless there is a breach besides.
   */
  readonly undecided?: true;
}

export type RelatedPlaces = Pick<Breach, 'failedPaths' | 'reviewPaths' | 'deletePaths' | 'fixPaths'>;

/** The judgement behind one upstream rule. Controls list the checks that they are made of; several controls may share one. */
export interface Check {
  /** The upstream rule's name, by which its test cases are found. */
  readonly rule: string;
  /** Kinds that it judges, one object at a time; `*` for any. A check of something derived (RBAC subjects) names what it derives from. */
  readonly kinds: readonly string[];
  /**
   * Kinds that it asks for beside those that it judges, where they are not ones that are read for every control. A cluster's
   * objects of such a kind are read only for those who ask.
   */
  readonly asks?: readonly string[];
  /** Host or cloud facts that must be there to judge at all, as a kind (`KubeletInfo`, `ClusterDescribe`); without them the verdict is unknown. */
  readonly needs?: readonly string[];
  /** What only a person can find out, as a sentence; the control is then unknown for the cluster as a whole, with this. */
  readonly manual?: string;
  /**
   * One of several ways to come by the answer (a managed cluster's description, a self-hosted API server's pod): that its
   * facts are missing is said only when no other check of the control has judged anything.
   */
  readonly alternative?: boolean;
  /** The only namespace whose objects it is about, besides objects without one. Others are not even asked, so that it costs nothing for them. */
  readonly namespace?: string;
  /** What there has to be among the judged kinds, in words (`the pod of the API server`); the control is unknown without any. */
  readonly awaits?: string;
  /** Objects that another workload made are judged too, not in that one's place: the API server was asked to create each. */
  readonly judgesOwned?: true;
  /** Upstream answers for all objects in breach at once; only its test cases care. */
  readonly isOneResponse?: true;
  /** Whether the object is one that the control is about; others are not applicable. All are when left out. */
  applies?(object: KubeObject, context: CheckContext): boolean;
  /** Why the object does not tell what has to be known, with the path of what is missing or cannot be read; the verdict is then unknown. */
  unreadable?(object: KubeObject, context: CheckContext): string | undefined;
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
    /** Inputs to judge them with, beside the defaults. */
    readonly inputs?: ControlInputs;
    readonly pass: readonly string[];
    readonly fail: readonly { readonly yaml: string; readonly paths: readonly string[] }[];
    /** What only a person can judge; a control may have these alone. */
    readonly unknown?: readonly string[];
  };
  /** It judges nothing as it is: a policy that cannot be asked, or that nothing binds. */
  readonly isIdle?: boolean;
}

/** Identity; exists so that a control file is checked against {@link Control} where it is written. */
export function defineControl(control: Control): Control {
  return control;
}
