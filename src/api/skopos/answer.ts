import { formatDuration } from '../../kit/duration.ts';
import type { AlertJson } from './contract.ts';
import type { LedgerRow, SkoposSource } from './source.ts';

export interface AnswerContext {
  readonly source: SkoposSource;
  /** The alert's ledger rows, oldest first. */
  readonly rows: readonly LedgerRow[];
  /** Names of the time intervals that mute it. */
  readonly mutedBy: readonly string[];
  /** How long its rule waits before it fires, where the rule is known. */
  readonly forMs?: number;
}

/** One sentence: why somebody was told of the alert, or why nobody was. */
export function answerOf(alert: AlertJson, context: AnswerContext): string {
  if (alert.state === 'pending') return pendingAnswer(alert, context);
  if (alert.state === 'resolved') return resolvedAnswer(alert, context);
  const held = heldBackBy(alert, context);
  const told = toldAt(context);
  if (held === undefined) return told ?? failure(alert, context) ?? waiting(alert, context);
  return told === undefined
    ? `Nobody was told, because it is ${held}.`
    : `${told.slice(0, -1)}; since then it is ${held}.`;
}

function pendingAnswer({ startsAtMs, receivers }: AlertJson, { forMs = 0, source }: AnswerContext): string {
  const leftMs = startsAtMs + forMs - source.clock.now();
  const reach = receivers.length === 0 ? 'no receiver' : listed(receivers);
  const when =
    leftMs > 0
      ? `in ${span(leftMs)}, if what its rule looks for still holds then`
      : 'at the next evaluation of its rule';
  return `Nobody was told yet, because it is pending: it fires ${when}, and will then go to ${reach}.`;
}

function resolvedAnswer(alert: AlertJson, context: AnswerContext): string {
  const end = `It resolved at ${clockTime(alert.endsAtMs ?? alert.startsAtMs, context)}`;
  const told = toldAt(context);
  if (told !== undefined) return `${end}; ${uncapped(told)}`;
  if (alert.silencedBy.length + alert.inhibitedBy.length > 0 || context.mutedBy.length > 0)
    return `${end}, and nobody was told, because it is ${heldBackBy(alert, context)}.`;
  const failed = failure(alert, context);
  if (failed !== undefined) return `${end}; ${uncapped(failed)}`;
  const held = context.rows.findLast(({ hop, decision }) => hop === 'route' && decision !== 'grouped');
  if (held !== undefined && held.decision !== 'released')
    return `${end}, and nobody was told, because it was ${held.decision}${byText(held)}.`;
  const hasFired = context.rows.some(({ hop, decision }) => hop === 'alert' && decision === 'firing');
  return hasFired
    ? `${end}, before anybody was told.`
    : `${end} without having fired, so there was nothing to tell.`;
}

/** What keeps its notifications back now. */
function heldBackBy(alert: AlertJson, context: AnswerContext): string | undefined {
  const { source } = context;
  if (alert.inhibitedBy.length > 0) {
    const names = alert.inhibitedBy.map((id) => source.router.alert(id)?.labels['alertname'] ?? id);
    return `inhibited by ${listed(names)}`;
  }
  if (context.mutedBy.length > 0) return `muted by the time interval ${listed(context.mutedBy)}`;
  if (alert.silencedBy.length === 0) return undefined;
  const texts = alert.silencedBy.map((id) => {
    const silence = source.router.silences.get(id);
    if (silence === undefined) return `silence ${id}`;
    const why = silence.comment === '' ? '' : `: “${silence.comment}”`;
    return `${silence.createdBy || 'somebody'} until ${clockTime(silence.endsAtMs, context)}${why}`;
  });
  return `silenced by ${listed(texts)}`;
}

/** The deliveries of this firing, with what brought it about. */
function toldAt(context: AnswerContext): string | undefined {
  const { rows } = context;
  const fired = rows.findLast(({ hop, decision }) => hop === 'alert' && decision === 'firing');
  const since = fired?.id ?? 0;
  const receipts = rows.filter(
    ({ id, hop, decision }) => id > since && hop === 'receipt' && decision === 'delivered',
  );
  const [first] = receipts;
  if (first === undefined) return undefined;
  const receivers = [...new Set(receipts.map(({ detail }) => String(detail['receiver'] ?? '')))];
  const change = rows.findLast(({ hop, cause }) => hop === 'change' && cause === (fired ?? first).cause);
  const object = change?.detail['object'];
  const because =
    typeof object === 'string'
      ? `${object} ${change?.decision === 'deleted' ? 'was deleted' : 'changed'} at ${clockTime(change?.atMs ?? 0, context)}`
      : `it fired at ${clockTime((fired ?? first).atMs, context)}`;
  return `It was delivered to ${listed(receivers)} at ${clockTime(first.atMs, context)}, because ${because}.`;
}

function failure({ lastNotification }: AlertJson, context: AnswerContext): string | undefined {
  const row = context.rows.findLast(({ hop }) => hop === 'receipt');
  const outcome = row?.decision ?? lastNotification?.outcome;
  if (outcome !== 'failed' && outcome !== 'retrying') return undefined;
  const receiver = String(row?.detail['receiver'] ?? lastNotification?.receiver ?? '');
  const problem = String(row?.detail['problem'] ?? '');
  const why = problem === '' ? '' : `: ${problem.replace(/[.\s]+$/, '')}`;
  const atMs = row?.atMs ?? lastNotification?.atMs ?? 0;
  if (outcome === 'failed')
    return `Nobody was told, because the notification to ${receiver} failed at ${clockTime(atMs, context)}${why}.`;
  const againInMs = row?.detail['againInMs'];
  const again = typeof againInMs === 'number' ? ` at ${clockTime(atMs + againInMs, context)}` : '';
  return `Nobody was told yet, because the notification to ${receiver} failed at ${clockTime(atMs, context)} and is tried again${again}${why}.`;
}

function waiting({ receivers, lastNotification }: AlertJson, context: AnswerContext): string {
  if (receivers.length === 0) return 'Nobody was told, because its routes lead to no receiver.';
  if (lastNotification?.outcome === 'delivered')
    return `It was delivered to ${lastNotification.receiver} at ${clockTime(lastNotification.atMs, context)}.`;
  const grouped = context.rows.findLast(({ hop, decision }) => hop === 'route' && decision === 'grouped');
  const nextMs = grouped?.detail['nextFlushMs'];
  const nowMs = context.source.clock.now();
  if (typeof nextMs === 'number' && nextMs > nowMs)
    return `Nobody was told yet, because its group waits for another ${span(nextMs - nowMs)} before it goes to ${listed(receivers)}.`;
  const sending = context.rows.findLast(({ hop }) => hop === 'notify');
  if (sending !== undefined)
    return `Nobody was told yet, because the notification to ${String(sending.detail['receiver'] ?? listed(receivers))} is on its way since ${clockTime(sending.atMs, context)}.`;
  return `Nobody was told yet; it goes to ${listed(receivers)} with the next notification of its group.`;
}

function byText({ detail }: LedgerRow): string {
  const by = detail['by'];
  return Array.isArray(by) && by.length > 0 ? ` by ${listed(by.map(String))}` : '';
}

function uncapped(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** `a`, `a and b`, `a, b and c`. */
function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

/** Whole seconds, and at least one: `40s`, `1m30s`. */
function span(ms: number): string {
  return formatDuration(Math.max(1, Math.ceil(ms / 1000)) * 1000);
}

/** `12:00:03 UTC`, with the date when it is not today's. */
function clockTime(ms: number, { source }: AnswerContext): string {
  const text = new Date(ms).toISOString();
  const [date = '', time = ''] = text.split('T');
  const today = new Date(source.clock.now()).toISOString().slice(0, 10);
  return `${date === today ? '' : `${date} `}${time.slice(0, 8)} UTC`;
}
