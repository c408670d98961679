import type { ReactElement } from 'react';
import { useRuleLints } from '../api/rule-checks.ts';
import type { LintFinding } from '../api/types.ts';
import { CopyButton } from './copy-button.tsx';
import { StateMark, type Tone } from './severity.tsx';
import './rule-lints.css';

const tones: Readonly<Record<LintFinding['severity'], Tone>> = {
  error: 'bad',
  warning: 'warn',
  note: 'neutral',
};

/** What lints say of one of the rules that run; nothing while it is not known, or where it is well. */
export function RuleLints({
  file,
  group,
  rule,
}: {
  readonly file: string;
  readonly group: string;
  readonly rule: string;
}): ReactElement | null {
  const { data } = useRuleLints();
  const own =
    data?.items.filter((one) => one.file === file && one.group === group && one.rule === rule) ?? [];
  if (own.length === 0) return null;
  return (
    <details className="small lints" open={own.some(({ severity }) => severity === 'error')}>
      <summary>
        {own.length === 1 ? '1 thing to mend' : `${own.length} things to mend`}:{' '}
        {[...new Set(own.map(({ lint }) => lint))].join(', ')}
      </summary>
      <LintList findings={own} />
    </details>
  );
}

/** Findings of lints with the corrected expression, where there is one. */
export function LintList({ findings }: { readonly findings: readonly LintFinding[] }): ReactElement {
  return (
    <ul className="plain-list">
      {findings.map(({ lint, severity, message, suggestion }) => (
        <li key={`${lint} ${message}`} className="stack tight">
          <span>
            <StateMark tone={tones[severity]} label={lint} /> <span className="wrap">{message}</span>
          </span>
          {suggestion !== undefined && (
            <span className="better">
              <code className="wrap">{suggestion}</code>
              <CopyButton text={suggestion} label="Copy" />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
