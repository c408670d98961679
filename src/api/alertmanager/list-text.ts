import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { isoTime } from './json.ts';
import type { AlertGroupState, AlertState } from './source.ts';

/** What is handed on at once; between two of them others get their turn. */
const pieceChars = 64 * 1024;

/** A JSON array in pieces: a list of every alert is longer than should be made in one go. */
export function listText<Item>(items: readonly Item[], textOf: (item: Item) => string): Readable {
  return Readable.from(pieces(items, textOf), { objectMode: false });
}

function* pieces<Item>(items: readonly Item[], textOf: (item: Item) => string): Generator<Buffer> {
  let text = '[';
  let isFirst = true;
  for (const item of items) {
    text += isFirst ? textOf(item) : `,${textOf(item)}`;
    isFirst = false;
    if (text.length < pieceChars) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}]`);
}

/** API v2's `gettableAlert`. */
export function alertText(alert: AlertState): string {
  const { annotations, endsAtMs, fingerprint, receivers, startsAtMs, status, updatedAtMs } = alert;
  const { state, silencedBy, inhibitedBy, mutedBy } = status;
  let to = '';
  for (const name of receivers) to += `${to === '' ? '' : ','}{"name":${JSON.stringify(name)}}`;
  const by = (ids: readonly string[]) => (ids.length === 0 ? '[]' : JSON.stringify(ids));
  const url = alert.generatorURL === '' ? '' : `,"generatorURL":${JSON.stringify(alert.generatorURL)}`;
  return `{"annotations":${JSON.stringify(annotations)},"endsAt":"${isoTime(endsAtMs)}","fingerprint":"${fingerprint}","receivers":[${to}],"startsAt":"${isoTime(startsAtMs)}","status":{"state":"${state}","silencedBy":${by(silencedBy)},"inhibitedBy":${by(inhibitedBy)},"mutedBy":${by(mutedBy)}},"updatedAt":"${isoTime(updatedAtMs)}"${url},"labels":${JSON.stringify(alert.labels)}}`;
}

/** API v2's `alertGroup`. */
export function groupText(group: AlertGroupState): string {
  const { alerts, labels, routeLabels, receiver } = group;
  return `{"alerts":[${alerts.map(alertText).join(',')}],"labels":${JSON.stringify(labels)},"routeLabels":${JSON.stringify(routeLabels)},"receiver":{"name":${JSON.stringify(receiver)}}}`;
}
