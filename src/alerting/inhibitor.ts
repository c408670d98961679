import type { Labels } from '../model/labels.ts';
import type { AlertRecord } from './alert-record.ts';
import type { InhibitRuleConfig } from './config/alerting-config.ts';
import { type LabelTest, labelTest } from './label-test.ts';

interface Rule {
  readonly isSource: LabelTest;
  readonly isTarget: LabelTest;
  readonly equal: readonly string[];
  /** Sources by the values of the `equal` labels; the flag says whether the source is a target of the rule too. */
  readonly sources: Map<string, Map<AlertRecord, boolean>>;
}

/**
 * Which alerts are muted because another fires. Sources are indexed by the values of the labels that must be equal, so asking
 * costs one look-up a rule. A label that is missing equals an empty one.
 */
export class Inhibitor {
  readonly #rules: readonly Rule[];

  constructor(rules: readonly InhibitRuleConfig[]) {
    this.#rules = rules.map(({ sourceMatchers, targetMatchers, equal }) => ({
      isSource: labelTest(sourceMatchers),
      isTarget: labelTest(targetMatchers),
      equal,
      sources: new Map(),
    }));
  }

  /** Takes note of an alert: to be called once for each, and again after {@link remove}. */
  add(record: AlertRecord): void {
    const { labels } = record.alert;
    record.targetOf = [...this.#rules.keys()].filter((i) => this.#rules[i]?.isTarget(labels));
    for (const rule of this.#rules) {
      if (!rule.isSource(labels)) continue;
      const key = equalKey(rule.equal, labels);
      const sources = rule.sources.get(key) ?? new Map<AlertRecord, boolean>();
      sources.set(record, rule.isTarget(labels));
      rule.sources.set(key, sources);
    }
  }

  remove(record: AlertRecord): void {
    for (const rule of this.#rules) {
      const key = equalKey(rule.equal, record.alert.labels);
      const sources = rule.sources.get(key);
      if (sources?.delete(record) && sources.size === 0) rule.sources.delete(key);
    }
  }

  /** Fingerprints of alerts that inhibit this one now, at most one for each rule. */
  inhibitedBy(target: AlertRecord, nowMs: number): readonly string[] {
    const found: string[] = [];
    for (const index of target.targetOf) {
      const rule = this.#rules[index];
      const sources = rule?.sources.get(equalKey(rule.equal, target.alert.labels));
      if (rule === undefined || sources === undefined) continue;
      const isBoth = rule.isSource(target.alert.labels);
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

function equalKey(names: readonly string[], labels: Labels): string {
  let key = '';
  for (const name of names) key += `${labels[name] ?? ''}\u00ff`;
  return key;
}
