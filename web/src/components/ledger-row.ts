import type { LedgerRowJson } from '../api/types.ts';
import { clockTime, duration } from '../format/time.ts';
import { listed, plain, subjectName } from '../format/words.ts';
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
  const { fingerprint, fingerprints } = row.detail;
  const alert = /^alert:([\w-]+)$/.exec(row.subject)?.[1];
  if (alert !== undefined) return `/alerts/${alert}`;
  if (row.hop === 'job') return `/jobs/${encodeURIComponent(row.cause)}`;
  if (row.hop === 'finding' && /^[0-9a-f]{16}$/.test(row.subject)) return `/findings/${row.subject}`;
  if (typeof fingerprint === 'string') return `/alerts/${fingerprint}`;
  if (Array.isArray(fingerprints) && fingerprints.length === 1) return `/alerts/${String(fingerprints[0])}`;
  return undefined;
}

/** What a row is about, as people say it: the detail often has a better name than the subject. */
export function rowTitle(row: LedgerRowJson): string {
  const { control, integration, labels, name, object, receiver, title } = row.detail;
  if (row.hop === 'job' && typeof title === 'string') return title;
  if (row.hop === 'finding' && typeof control === 'string') {
    return typeof object === 'string' ? `${control} · ${subjectName(object)}` : control;
  }
  if (row.subject.startsWith('group:') && typeof receiver === 'string') {
    return typeof integration === 'string' ? `${receiver} (${integration})` : receiver;
  }
  if (typeof name === 'string') return name;
  if (isRecord(labels) && typeof labels['alertname'] === 'string') return labels['alertname'];
  if (row.subject.startsWith('rule:')) return row.subject.slice('rule:'.length);
  return subjectName(row.subject);
}

/** Names that lead somewhere instead of saying something. */
const silent = new Set(['fingerprint', 'fingerprints', 'groups', 'name']);

/** Their labels stand with the rule's rows just before. */
const repeatsLabels = new Set(['alert', 'route']);

/** The facts of a row, without those that the title already says. */
export function rowFacts(row: LedgerRowJson): readonly (readonly [name: string, value: string])[] {
  const title = rowTitle(row);
  return Object.entries(row.detail)
    .filter(([name]) => !silent.has(name) && !(name === 'labels' && repeatsLabels.has(row.hop)))
    .map(([name, value]) => [factName(name), factValue(name, value)] as const)
    .filter(([, value]) => value !== '' && !title.includes(value) && !title.includes(subjectName(value)));
}

/** `nextFlushMs` becomes `next flush`. */
function factName(name: string): string {
  return name
    .replace(/Ms$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function factValue(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  // Times are Unix milliseconds, spans are not; nothing that we time takes thirty years.
  if (typeof value === 'number' && name.endsWith('Ms'))
    return value > 1e12 ? clockTime(value) : duration(value);
  if (Array.isArray(value)) return listed(value.map(plain));
  if (!isRecord(value)) return plain(value);
  return Object.entries(value)
    .filter(([label]) => label !== 'alertname')
    .map(([label, text]) => `${label}=${plain(text)}`)
    .join(' ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const good = new Set(['fixed', 'resolved', 'sent', 'delivered', 'received', 'pass', 'accepted']);
const bad = new Set(['opened', 'reappeared', 'firing', 'failed', 'fail', 'dropped', 'refused', 'gave up']);
const warn = new Set([
  'pending',
  'silenced',
  'inhibited',
  'muted',
  'retried',
  'retry',
  'retrying',
  'waiting',
]);

export function decisionTone(decision: string): Tone {
  const word = decision.toLowerCase();
  if (good.has(word)) return 'good';
  if (bad.has(word)) return 'bad';
  if (word === 'unknown') return 'plain';
  return warn.has(word) ? 'warn' : 'neutral';
}
