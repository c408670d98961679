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

/** A benchmark that numbers its controls: a control stands in the chapter that its number begins with. */
export function defineBenchmark(benchmark: {
  readonly name: string;
  readonly title: string;
  readonly managed?: NonNullable<Framework['managed']>;
  /** By control id, in order. */
  readonly numbers: Readonly<Record<string, string>>;
  /** Titles by number, parents before their parts. */
  readonly chapters?: readonly (readonly [number: string, title: string])[];
}): Framework {
  const { chapters, ...rest } = benchmark;
  const controls = Object.keys(benchmark.numbers);
  const chapterOf = (id: string) => (benchmark.numbers[id] ?? '').split('.').slice(0, -1).join('.');
  const sections = chapters?.map(([number, title]) => ({
    number,
    title,
    controls: controls.filter((id) => chapterOf(id) === number),
  }));
  return { ...rest, controls, ...(sections === undefined ? {} : { sections }) };
}
