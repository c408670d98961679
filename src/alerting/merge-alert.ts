import { BadInputError } from '../kit/app-error.ts';
import { formatLabels, type Labels } from '../model/labels.ts';
import type { KeptAlert } from './alert-record.ts';
import type { NewAlert } from './views.ts';

/** What fills in for what a sender left out. */
export interface ReceiveContext {
  readonly nowMs: number;
  readonly resolveTimeoutMs: number;
  readonly cause: string;
}

const maxLabelChars = 64 * 1024;

/**
 * An alert as sent, made whole: empty labels are dropped, a missing start is now (or the end, when that is past), a missing end is
 * `resolve_timeout` from now.
 *
 * @throws {BadInputError} when it has no labels, or ends before it starts.
 */
export function completeAlert(sent: NewAlert, context: ReceiveContext): KeptAlert {
  const { nowMs } = context;
  const labels = withoutEmpty(sent.labels);
  if (isEmpty(labels)) throw new BadInputError('', 'an alert without labels');
  if (Object.hasOwn(labels, ''))
    throw new BadInputError('', `alert ${formatLabels(labels)}: a label without a name`);
  const annotations = withoutEmpty(sent.annotations ?? {});
  if (size(labels) + size(annotations) > maxLabelChars)
    throw new BadInputError(
      '',
      `alert ${labels['alertname'] ?? ''}: labels and annotations are over ${maxLabelChars} characters`,
    );
  const isTimeout = !sent.endsAtMs;
  const endsAtMs = sent.endsAtMs || nowMs + context.resolveTimeoutMs;
  const startsAtMs = sent.startsAtMs || (isTimeout ? nowMs : Math.min(endsAtMs, nowMs));
  if (endsAtMs < startsAtMs)
    throw new BadInputError('', `alert ${formatLabels(labels)}: it ends before it starts`);
  return {
    labels,
    annotations,
    startsAtMs,
    endsAtMs,
    generatorURL: sent.generatorURL ?? '',
    updatedAtMs: nowMs,
    cause: sent.cause || context.cause,
    isTimeout,
  };
}

/**
 * The alert after an update. The earlier start is kept while the times overlap; of two ends that have passed the later counts; an
 * end that was given, not made from a time-out, is not brought forward by a renewal.
 *
 * Source: behaviour of Alertmanager 0.34, alert merging
 */
export function mergeAlerts(old: KeptAlert, update: KeptAlert): KeptAlert {
  const overlaps =
    (update.endsAtMs > old.startsAtMs && update.endsAtMs < old.endsAtMs) ||
    (update.startsAtMs > old.startsAtMs && update.startsAtMs < old.endsAtMs) ||
    update.startsAtMs === old.startsAtMs;
  if (!overlaps) return update;
  const startsAtMs = Math.min(old.startsAtMs, update.startsAtMs);
  const isResolved = update.endsAtMs <= update.updatedAtMs;
  const wasResolved = old.endsAtMs <= update.updatedAtMs;
  const keepsEnd = isResolved ? wasResolved : !old.isTimeout;
  const endsAtMs = keepsEnd ? Math.max(old.endsAtMs, update.endsAtMs) : update.endsAtMs;
  return { ...update, startsAtMs, endsAtMs };
}

/** Half of a surrogate pair is no text that a receiver could be sent; it becomes the replacement character. */
function withoutEmpty(labels: Labels): Labels {
  if (isPlain(labels)) return labels;
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [asText(name), asText(value)]),
  );
}

/** Whether nothing is empty, and all is text. */
function isPlain(labels: Labels): boolean {
  for (const name in labels) {
    const value = labels[name] ?? '';
    if (value === '' || !isText(value) || !isText(name)) return false;
  }
  return true;
}

/** Without half of a surrogate pair. Node 20 has the method; TypeScript's ES2023 does not know it. */
function isText(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function asText(text: string): string {
  return text.replace(loneSurrogate, '\ufffd');
}

function isEmpty(labels: Labels): boolean {
  for (const _ in labels) return false;
  return true;
}

function size(labels: Labels): number {
  let chars = 0;
  for (const name in labels) chars += name.length + (labels[name]?.length ?? 0);
  return chars;
}
