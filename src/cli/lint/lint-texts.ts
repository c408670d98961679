import type { RuleLint } from '../../model/rule-lint.ts';

/** What each lint looks for, in a sentence. */
export const lintTexts: Readonly<Record<RuleLint, string>> = {
  'duplicate-rules': 'Two rules of the same name and labels in one file overwrite each other.',
  'counter-without-rate': 'A counter is compared as it is, without rate() or increase().',
  'count-below-one': 'count(x) < 1 is never true, as count() of nothing is no series; absent(x) is meant.',
  'for-below-two-intervals': '"for" is shorter than two evaluations.',
  'selector-matches-nothing': 'A selector matches no stored series.',
  'template-label-dropped': 'A template shows a label that the expression drops.',
  'no-route': 'No route of the alerting configuration takes the alert, or nobody is told.',
  'missing-summary': 'The alert has no summary.',
  'missing-runbook': 'The alert names no runbook.',
};
