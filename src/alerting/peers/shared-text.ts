import type { NotificationLogEntry } from '../dedup.ts';
import type { KeptEntry } from '../notification-log.ts';
import type { Silence } from '../silence.ts';
import type { SharedLane } from './shared-store.ts';

/** What was told, as the processes share it; the same for the same, whoever writes it. */
export function entryText({ firing, resolved }: NotificationLogEntry): string {
  return JSON.stringify({ firing: [...firing].sort(), resolved: [...resolved].sort() });
}

/** @throws {SyntaxError} when it is not what {@link entryText} wrote. */
export function entryOf({ atMs, expiresAtMs, text }: SharedLane): KeptEntry {
  const { firing, resolved } = JSON.parse(text) as { firing: string[]; resolved: string[] };
  return { atMs, expiresAtMs, firing: new Set(firing), resolved: new Set(resolved) };
}

/** A silence, its fields always in one order. */
export function silenceText(silence: Silence): string {
  const { id, matchers, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment } = silence;
  const { annotations, owner, origin, windows, noticeMs } = silence;
  const times = { startsAtMs, endsAtMs, updatedAtMs };
  return JSON.stringify({
    ...{ id, matchers, ...times, createdBy, comment, annotations, owner, origin, windows, noticeMs },
  });
}

/** @throws {SyntaxError} when it is not what {@link silenceText} wrote. */
export function silenceOf(text: string): Silence {
  return JSON.parse(text) as Silence;
}
