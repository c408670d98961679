import type { Labels } from '../model/labels.ts';
import type { AlertRecord } from './alert-record.ts';
import type { InhibitRuleConfig } from './config/alerting-config.ts';
import { LabelMemo } from './label-memo.ts';
import { MatcherIndex } from './matcher-index.ts';

interface Rule {
  readonly equal: readonly string[];
  /** Sources by the values of the `equal` labels; the flag says whether the source is a target of the rule too. */
  readonly sources: Map<string, Map<AlertRecord, boolean>>;
}

/** Of which rules an alert is a target, and of which a source. */
type Sides = Pick<AlertRecord, 'targetOf' | 'sourceOf'>;

/**
 * Which alerts are muted because another fires. Rules are found by the values that they ask for, and a rule's sources by the values
 * of the labels that must be equal, so that rules which cannot match cost nothing. A label that is missing equals an empty one.
 */
export class Inhibitor {
  readonly #rules: readonly Rule[];
  readonly #bySource = new MatcherIndex<number>();
  readonly #byTarget = new MatcherIndex<number>();
  readonly #sides: LabelMemo<Sides>;

  constructor(rules: readonly InhibitRuleConfig[]) {
    this.#rules = rules.map(({ equal }) => ({ equal, sources: new Map() }));
    for (const [i, { sourceMatchers, targetMatchers }] of rules.entries()) {
      this.#bySource.set(i, sourceMatchers);
      this.#byTarget.set(i, targetMatchers);
    }
    this.#sides = new LabelMemo(
      rules
        .flatMap(({ sourceMatchers, targetMatchers }) => [...sourceMatchers, ...targetMatchers])
        .map(({ name }) => name),
    );
  }

  /** Takes note of an alert: to be called once for each, and again after {@link remove}. */
  add(record: AlertRecord): void {
    if (this.#rules.length === 0) return;
    const { labels } = record.alert;
    this.look(record);
    for (const index of record.sourceOf) {
      const rule = this.#rules[index];
      if (rule === undefined) continue;
      const key = equalKey(rule.equal, labels);
      const sources = rule.sources.get(key) ?? new Map<AlertRecord, boolean>();
      sources.set(record, record.targetOf.includes(index));
      rule.sources.set(key, sources);
    }
  }

  /** Notes at the record which rules concern it, without making it a source. */
  look(record: AlertRecord): void {
    const { targetOf, sourceOf } = this.#sides.of(record.alert.labels, (labels) => ({
      targetOf: this.#byTarget.matching(labels).sort((a, b) => a - b),
      sourceOf: this.#bySource.matching(labels),
    }));
    record.targetOf = targetOf;
    record.sourceOf = sourceOf;
  }

  remove(record: AlertRecord): void {
    for (const index of record.sourceOf) {
      const rule = this.#rules[index];
      if (rule === undefined) continue;
      const key = equalKey(rule.equal, record.alert.labels);
      const sources = rule.sources.get(key);
      if (sources?.delete(record) && sources.size === 0) rule.sources.delete(key);
    }
    record.sourceOf = noRules;
    record.targetOf = noRules;
  }

  /** Fingerprints of alerts that inhibit this one now, at most one for each rule. */
  inhibitedBy(target: AlertRecord, nowMs: number): readonly string[] {
    const { targetOf } = target;
    if (targetOf.length === 0) return none;
    const found: string[] = [];
    for (const index of targetOf) {
      const rule = this.#rules[index];
      const sources = rule?.sources.get(equalKey(rule.equal, target.alert.labels));
      if (sources === undefined) continue;
      const isBoth = target.sourceOf.includes(index);
      for (const [source, isTargetToo] of sources) {
        // Of alerts that are on both sides of a rule, none inhibits another; nor does one inhibit itself.
        if ((isBoth && isTargetToo) || source.isResolved || source.alert.endsAtMs <= nowMs) continue;
        found.push(source.fingerprint);
        break;
      }
    }
    return found;
  }
}

const none: readonly string[] = [];
const noRules: readonly number[] = [];

function equalKey(names: readonly string[], labels: Labels): string {
  let key = '';
  for (const name of names) key += `${labels[name] ?? ''}\u00ff`;
  return key;
}
