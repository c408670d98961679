import { z } from 'zod';
import { messageOf } from '../kit/app-error.ts';
import { type SafeRegex, safeRegex } from '../kit/regex.ts';
import { list, or, text, wholeNumber } from '../kit/yaml-fields.ts';

export const relabelActions = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const;

export type RelabelAction = (typeof relabelActions)[number];

/** One rule that changes labels, or drops what has them. */
export interface RelabelConfig {
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  readonly targetLabel: string;
  /** As written; matches the whole text. */
  readonly regexText: string;
  readonly regex: SafeRegex;
  readonly modulus: number;
  readonly replacement: string;
  readonly action: RelabelAction;
}

const defaults = { separator: ';', regex: '(.*)', replacement: '$1', modulus: 0, targetLabel: '' } as const;

const fields = z.strictObject({
  source_labels: list(text),
  separator: or(text, defaults.separator),
  target_label: or(text, defaults.targetLabel),
  regex: or(text, defaults.regex),
  modulus: or(wholeNumber, defaults.modulus),
  replacement: or(text, defaults.replacement),
  action: z
    .union([text, z.null()])
    .optional()
    // A key without a value is no default here, as in Prometheus: it is refused.
    .transform((action) => (action === undefined ? 'replace' : (action ?? ''))),
});

/**
 * A relabelling rule as it stands in a file.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export const relabelConfigSchema = fields.transform((written, context): RelabelConfig => {
  const action = written.action.toLowerCase();
  const config = {
    sourceLabels: written.source_labels,
    separator: written.separator,
    targetLabel: written.target_label,
    regexText: written.regex,
    modulus: written.modulus,
    replacement: written.replacement,
  };
  const regex = compiled(written.regex);
  const found = 'problem' in regex ? { field: 'regex', ...regex } : problemOf(config, action);
  if (found === undefined && !('problem' in regex))
    return { ...config, action: action as RelabelAction, regex };
  context.addIssue({ code: 'custom', message: found?.problem ?? '', path: [found?.field ?? ''] });
  return z.NEVER;
});

function compiled(pattern: string): SafeRegex | { readonly problem: string } {
  try {
    return safeRegex(pattern, { dotAll: true });
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

type Plain = Omit<RelabelConfig, 'regex' | 'action'>;

function problemOf(
  config: Plain,
  action: string,
): { readonly field: string; readonly problem: string } | undefined {
  const at = (field: string, problem: string) => ({ field, problem });
  if (action === '') return at('action', 'the relabel action cannot be empty');
  if (!(relabelActions as readonly string[]).includes(action)) {
    return at('action', `unknown relabel action "${action}"; there are ${relabelActions.join(', ')}`);
  }
  if (action === 'hashmod' && config.modulus === 0)
    return at('modulus', 'hashmod requires a non-zero modulus');
  if (needsTarget.has(action) && config.targetLabel === '') {
    return at('target_label', `the ${action} action requires a 'target_label' value`);
  }
  if (keepsReplacement.has(action) && config.replacement !== defaults.replacement) {
    return at('replacement', `'replacement' can not be set for the ${action} action`);
  }
  if (action === 'keepequal' || action === 'dropequal') return equalProblem(config, action);
  if (action === 'labeldrop' || action === 'labelkeep') return nameFilterProblem(config, action);
  return undefined;
}

const needsTarget = new Set(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);
const keepsReplacement = new Set(['lowercase', 'uppercase', 'keepequal', 'dropequal']);

function equalProblem({ regexText, modulus, separator }: Plain, action: string) {
  const isPlain = regexText === defaults.regex && modulus === 0 && separator === defaults.separator;
  if (isPlain) return undefined;
  return { field: 'action', problem: `the ${action} action takes only 'source_labels' and 'target_label'` };
}

function nameFilterProblem(config: Plain, action: string) {
  const isPlain =
    config.sourceLabels.length === 0 &&
    config.targetLabel === '' &&
    config.modulus === 0 &&
    config.separator === defaults.separator &&
    config.replacement === defaults.replacement;
  return isPlain ? undefined : { field: 'action', problem: `the ${action} action takes only 'regex'` };
}
