/** A named set of controls, to be scored together. */
export interface Framework {
  /** Kubescape's name, e.g. `NSA`. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /** Ids of its controls, in order. */
  readonly controls: readonly string[];
  /** The managed Kubernetes that it is written for; it says nothing of other clusters. */
  readonly managed?: 'AKS' | 'EKS' | 'GKE';
  /** What the framework itself calls a control: `1.2.3` in a CIS benchmark, the criteria in SOC 2. By control id. */
  readonly numbers?: Readonly<Record<string, string>>;
  /** Its chapters, parents before their parts; a control stands in one of them, or in none. */
  readonly sections?: readonly FrameworkSection[];
}

export interface FrameworkSection {
  /** `1.2`. */
  readonly number: string;
  readonly title: string;
  /** Controls that stand in it directly. */
  readonly controls: readonly string[];
}

/** Identity; exists so that a framework file is checked against {@link Framework} where it is written. */
export function defineFramework(framework: Framework): Framework {
  return framework;
}
