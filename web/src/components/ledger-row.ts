import type { LedgerRowJson } from '../api/types.ts';
import { plain, subjectName } from '../format/words.ts';
import type { Tone } from './severity.tsx';

/** The stations between a change and its receipt, in order, and what happens at each. */
export const stations = [
  { hop: 'change', label: 'Change', what: 'something in the cluster changed' },
  { hop: 'verdict', label: 'Verdict', what: 'the controls judged it' },
  { hop: 'finding', label: 'Finding', what: 'a finding opened or was fixed' },
  { hop: 'series', label: 'Series', what: 'the numbers followed' },
  { hop: 'rule', label: 'Rule', what: 'an alert rule looked at the numbers' },
  { hop: 'alert', label: 'Alert', what: 'the alert changed its state' },
  { hop: 'route', label: 'Route', what: 'it was decided who is told' },
  { hop: 'notify', label: 'Notify', what: 'the message was sent' },
  { hop: 'receipt', label: 'Receipt', what: 'the receiver took it' },
] as const;

/** Where a row's subject can be looked at. */
export function subjectLink(row: LedgerRowJson): string | undefined {
  const alert = /^alert:([\w-]+)$/.exec(row.subject)?.[1];
  if (alert !== undefined) return `/alerts/${alert}`;
  if (row.hop === 'finding' && /^[0-9a-f]{16}$/.test(row.subject)) return `/findings/${row.subject}`;
  return undefined;
}

/** What a row is about, as people say it: the detail often has a better name than the subject. */
export function rowTitle(row: LedgerRowJson): string {
  const { alertname, control, object, name } = row.detail;
  if (row.hop === 'finding' && typeof control === 'string') {
    return typeof object === 'string' ? `${control} · ${subjectName(object)}` : control;
  }
  if (typeof alertname === 'string') return alertname;
  if (typeof name === 'string') return name;
  return subjectName(row.subject);
}

/** The facts of a row, without those that the title already says. */
export function rowFacts(row: LedgerRowJson): readonly (readonly [name: string, value: string])[] {
  const title = rowTitle(row);
  return Object.entries(row.detail)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => [name, plain(value)] as const)
    .filter(([, value]) => !title.includes(value) && !title.includes(subjectName(value)));
}

const good = new Set(['fixed', 'resolved', 'sent', 'delivered', 'received', 'pass', 'accepted']);
const bad = new Set(['opened', 'reappeared', 'firing', 'failed', 'fail', 'dropped', 'refused', 'gave up']);
const warn = new Set(['pending', 'silenced', 'inhibited', 'muted', 'retried', 'retry', 'waiting']);

export function decisionTone(decision: string): Tone {
  const word = decision.toLowerCase();
  if (good.has(word)) return 'good';
  if (bad.has(word)) return 'bad';
  if (word === 'unknown') return 'plain';
  return warn.has(word) ? 'warn' : 'neutral';
}
