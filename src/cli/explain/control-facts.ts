import { type Severity, severityOf } from '../../model/verdict.ts';
import type { Control } from '../../posture/control.ts';
import { frameworks } from '../../posture/frameworks/index.ts';

/** Where a framework has a control, under its own number and chapter if it has such. */
export interface ControlPlace {
  readonly framework: string;
  readonly title: string;
  readonly number?: string;
  readonly section?: string;
}

/** What there is to say of a control, beside its words; from its own file and those of the frameworks. */
export interface ControlFacts {
  readonly severity: Severity;
  /** Kinds that it judges, by name. */
  readonly kinds: readonly string[];
  /** Facts without which it is unknown, as kinds. */
  readonly needs: readonly string[];
  /** What only a person can find out. */
  readonly manual: readonly string[];
  readonly places: readonly ControlPlace[];
}

export function factsOf({ id, baseScore, checks }: Control): ControlFacts {
  return {
    severity: severityOf(baseScore),
    kinds: sorted(checks.flatMap(({ kinds }) => kinds)),
    needs: sorted(checks.flatMap(({ needs = [] }) => needs)),
    manual: [...new Set(checks.flatMap(({ manual }) => manual ?? []))],
    places: frameworks
      .filter(({ controls }) => controls.includes(id))
      .map(({ name, title, numbers, sections }) => {
        const number = numbers?.[id];
        const section = sections?.find(({ controls }) => controls.includes(id));
        return {
          framework: name,
          title,
          ...(number === undefined ? {} : { number }),
          ...(section === undefined ? {} : { section: `${section.number} ${section.title}` }),
        };
      }),
  };
}

function sorted(all: readonly string[]): readonly string[] {
  return [...new Set(all)].sort();
}
