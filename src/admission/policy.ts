import type { Severity } from '../model/verdict.ts';
import { selects } from '../posture/selectors.ts';
import type { Action, AdmissionRuleSettings } from './settings.ts';

/** What a policy has to know of a control. */
export interface PolicyControl {
  readonly id: string;
  readonly severity: Severity;
  /** Names of the frameworks that have it. */
  readonly frameworks: readonly string[];
}

/** Where an object is: '' and undefined for one of no namespace. Labels are undefined where they are not known. */
export interface Place {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

/** What a policy says of breaches of a control at a place. */
export interface Ruling {
  readonly rule: string;
  readonly action: Action;
  readonly onUnknown: Action;
}

/** Rules that are ready to be asked often. */
export class AdmissionPolicy {
  readonly rules: readonly AdmissionRuleSettings[];
  readonly #controls: ReadonlyMap<string, PolicyControl>;
  /** By the place's rules, then the control. */
  readonly #known = new Map<string, ReadonlyMap<string, Ruling>>();

  constructor(rules: readonly AdmissionRuleSettings[], controls: readonly PolicyControl[]) {
    this.rules = rules;
    this.#controls = new Map(controls.map((control) => [control.id, control]));
  }

  /** Rulings by control for a place; controls that nothing is to be done about are not in it. */
  at(place: Place): ReadonlyMap<string, Ruling> {
    const there = this.rules.filter((rule) => takesIn(rule, place));
    const key = there.map(({ name }) => name).join('\n');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const rulings = new Map<string, Ruling>();
    for (const control of this.#controls.values()) {
      const rule = there.find((one) => isAbout(one, control));
      if (rule === undefined || (rule.action === 'ignore' && rule.on_unknown === 'ignore')) continue;
      rulings.set(control.id, { rule: rule.name, action: rule.action, onUnknown: rule.on_unknown });
    }
    this.#known.set(key, rulings);
    return rulings;
  }
}

function takesIn({ namespaces }: AdmissionRuleSettings, { namespace, labels }: Place): boolean {
  if (namespaces === undefined) return true;
  const { names, matchLabels, matchExpressions } = namespaces;
  if (namespace === '') return false;
  if (names !== undefined && !names.includes(namespace)) return false;
  if (matchLabels == null && matchExpressions == null) return true;
  // Labels that are not known select nothing: what is unknown denies nothing.
  return (
    labels !== undefined &&
    selects(
      {
        ...(matchLabels == null ? {} : { matchLabels }),
        ...(matchExpressions == null
          ? {}
          : {
              matchExpressions: matchExpressions.map(({ values, ...one }) => ({
                ...one,
                values: values ?? [],
              })),
            }),
      },
      labels,
    )
  );
}

function isAbout(rule: AdmissionRuleSettings, { id, severity, frameworks }: PolicyControl): boolean {
  return (
    (rule.controls?.includes(id) ?? true) &&
    (rule.frameworks?.some((name) => frameworks.includes(name)) ?? true) &&
    (rule.severities?.includes(severity) ?? true)
  );
}
