import { createHash } from 'node:crypto';
import { expand } from '../kit/regex.ts';
import type { Labels } from '../model/labels.ts';
import type { RelabelConfig } from './relabel-config.ts';

/**
 * Puts labels through relabelling rules in order; undefined when a rule drops what has them. Labels that end up empty are
 * left out, which is the same as not having them.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export function relabel(labels: Labels, rules: readonly RelabelConfig[]): Labels | undefined {
  let now: Record<string, string> | undefined = { ...labels };
  for (const rule of rules) {
    now = applied(now, rule);
    if (now === undefined) return undefined;
  }
  return now;
}

/** One rule's step, for pages that show each: what the labels are after it; undefined when it drops. */
export function relabelSteps(
  labels: Labels,
  rules: readonly RelabelConfig[],
): readonly { readonly rule: RelabelConfig; readonly labels: Labels | undefined }[] {
  const steps: { rule: RelabelConfig; labels: Labels | undefined }[] = [];
  let now: Record<string, string> | undefined = { ...labels };
  for (const rule of rules) {
    now = applied({ ...now }, rule);
    steps.push({ rule, labels: now });
    if (now === undefined) break;
  }
  return steps;
}

type Mutable = Record<string, string>;

/** Changes `labels` in place, or says that they are dropped. */
function applied(labels: Mutable, rule: RelabelConfig): Mutable | undefined {
  const value = rule.sourceLabels.map((name) => labels[name] ?? '').join(rule.separator);
  switch (rule.action) {
    case 'drop':
      return rule.regex.matches(value) ? undefined : labels;
    case 'keep':
      return rule.regex.matches(value) ? labels : undefined;
    case 'dropequal':
      return (labels[rule.targetLabel] ?? '') === value ? undefined : labels;
    case 'keepequal':
      return (labels[rule.targetLabel] ?? '') === value ? labels : undefined;
    case 'replace':
      return replaced(labels, rule, value);
    case 'lowercase':
      return set(labels, rule.targetLabel, value.toLowerCase());
    case 'uppercase':
      return set(labels, rule.targetLabel, value.toUpperCase());
    case 'hashmod':
      return set(labels, rule.targetLabel, String(hashed(value) % BigInt(rule.modulus)));
    case 'labelmap':
      return mapped(labels, rule);
    case 'labeldrop':
      return filtered(labels, (name) => !rule.regex.matches(name));
    case 'labelkeep':
      return filtered(labels, (name) => rule.regex.matches(name));
  }
}

function replaced(
  labels: Mutable,
  { regex, targetLabel, replacement }: RelabelConfig,
  value: string,
): Mutable {
  const groups = regex.groups(value);
  if (groups === undefined) return labels;
  const fill = (template: string) => expand(template, regex.groupNames, (index) => groups[index] ?? '');
  const target = fill(targetLabel);
  return target === '' ? labels : set(labels, target, fill(replacement));
}

function mapped(labels: Mutable, { regex, replacement }: RelabelConfig): Mutable {
  for (const [name, value] of Object.entries(labels)) {
    const groups = regex.groups(name);
    if (groups !== undefined) {
      set(
        labels,
        expand(replacement, regex.groupNames, (index) => groups[index] ?? ''),
        value,
      );
    }
  }
  return labels;
}

function filtered(labels: Mutable, keeps: (name: string) => boolean): Mutable {
  for (const name of Object.keys(labels)) if (!keeps(name)) delete labels[name];
  return labels;
}

function set(labels: Mutable, name: string, value: string): Mutable {
  if (value === '') delete labels[name];
  else labels[name] = value;
  return labels;
}

/** The last eight bytes of the MD5, as Prometheus does, so that shards agree. */
function hashed(value: string): bigint {
  return createHash('md5').update(value).digest().readBigUInt64BE(8);
}
