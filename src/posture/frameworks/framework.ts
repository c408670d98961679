/** A named set of controls, to be scored together. */
export interface Framework {
  /** Kubescape's name, e.g. `NSA`. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /** Ids of its controls, in order. */
  readonly controls: readonly string[];
}

/** Identity; exists so that a framework file is checked against {@link Framework} where it is written. */
export function defineFramework(framework: Framework): Framework {
  return framework;
}
