import type { ReactElement } from 'react';
import type { Severity } from '../api/types.ts';
import { capitalised } from '../format/words.ts';
import './severity.css';

/** Most severe first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'unknown'];

/** What rules may say besides our words. */
const known = new Set<string>([...severities, 'negligible', 'warning', 'info', 'resolved']);

/** Each severity has a shape of its own, so that nobody needs the colour. */
function Shape({ severity, size }: { readonly severity: string; readonly size: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
      {shapes[severity] ?? shapes['unknown']}
    </svg>
  );
}

const triangle = <path d="M8 1.6 15 14H1Z" />;
const circle = <circle cx="8" cy="8" r="5.6" />;
const square = <rect x="2.4" y="2.4" width="11.2" height="11.2" rx="1.5" />;
const shapes: Readonly<Record<string, ReactElement>> = {
  critical: <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" />,
  high: triangle,
  medium: square,
  warning: square,
  low: circle,
  info: circle,
  negligible: <circle cx="8" cy="8" r="3.2" />,
  resolved: (
    <path d="m2 8.6 4 4 8-9" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
  ),
  unknown: (
    <circle
      cx="8"
      cy="8"
      r="5.8"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeDasharray="2.6 2"
    />
  ),
};

/** Shape, colour and word. Words that are not ours keep their text and look unknown. */
export function SeverityMark({
  severity,
  badge = false,
  label,
}: {
  readonly severity: string;
  readonly badge?: boolean;
  readonly label?: string | undefined;
}): ReactElement {
  const word = severity.toLowerCase();
  return (
    <span className={badge ? 'sev badge' : 'sev'} data-severity={known.has(word) ? word : 'unknown'}>
      <Shape severity={word} size={badge ? 11 : 12} />
      {label ?? (severity === '' ? 'No severity' : capitalised(severity))}
    </span>
  );
}

/** `plain` is for what is not known, `neutral` for what is neither good nor bad. */
export type Tone = 'good' | 'bad' | 'warn' | 'plain' | 'neutral';

const toneShapes: Readonly<Record<Tone, ReactElement>> = {
  good: (
    <path
      d="m2.5 8.5 3.6 3.6 7.4-8"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.3"
      strokeLinecap="round"
    />
  ),
  bad: (
    <path
      d="m3.5 3.5 9 9m0-9-9 9"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.3"
      strokeLinecap="round"
    />
  ),
  warn: triangle,
  neutral: <circle cx="8" cy="8" r="3" />,
  plain: (
    <circle cx="8" cy="8" r="5.4" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="2.6 2" />
  ),
};

/** A state of something that works or does not: shape, colour and word. */
export function StateMark({ tone, label }: { readonly tone: Tone; readonly label: string }): ReactElement {
  return (
    <span className="state" data-tone={tone}>
      <svg width="13" height="13" viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
        {toneShapes[tone]}
      </svg>
      {label}
    </span>
  );
}
