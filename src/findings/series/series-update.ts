import type { Labels } from '../../model/labels.ts';
import type { Severity } from '../../model/verdict.ts';

/** One sample to write at once, without waiting for the next scrape. `labels` hold the name; no `value` ends the series. */
export interface SeriesUpdate {
  readonly labels: Labels;
  readonly value: number | undefined;
  readonly atMs: number;
}

/** What a series about one control and one object is named by. */
export interface Subject {
  readonly controlId: string;
  readonly severity: Severity;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** A text that is the same for equal subjects and for no others. */
export function subjectKey({ controlId, namespace, kind, name }: Omit<Subject, 'severity'>): string {
  return `${controlId}/${kind}/${namespace}/${name}`;
}
