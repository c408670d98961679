import { LRUCache } from 'lru-cache';
import { messageOf } from '../../kit/app-error.ts';
import { isOwnLane } from '../lane.ts';
import type { KeptEntry } from '../notification-log.ts';
import type { Silence } from '../silence.ts';
import type { PeersOptions } from './peers-options.ts';
import type { SharedLane, SharedSilence, SharedStore } from './shared-store.ts';
import { entryOf, entryText, silenceOf, silenceText } from './shared-text.ts';
import { isNewer, type Versioned } from './versioned.ts';

export interface SharedBooksOptions extends PeersOptions {
  readonly store: SharedStore;
  /** Called when something waits to be written. */
  readonly wake: () => void;
}

const batch = 500;
/** Of so many lanes it is known which peer told last. */
const toldByKept = 10_000;

/**
 * Silences, and what was told, on both sides: what this process does goes to the database, and what the others did comes from it. Of
 * two versions the newer counts, here as there, so that it does not matter in which order, or how often, they meet.
 */
export class SharedBooks {
  readonly #options: SharedBooksOptions;
  readonly #lanes = new Set<string>();
  readonly #silences = new Set<string>();
  readonly #released = new Set<string>();
  /** Lanes that are being written, or let go of, just now. */
  readonly #writing = new Set<string>();
  /** Told at the end of each writing whether it went well. */
  readonly #writers: ((isWritten: boolean) => void)[] = [];
  readonly #toldBy = new LRUCache<string, string>({ max: toldByKept });
  #cursor = '0';

  constructor(options: SharedBooksOptions) {
    this.#options = options;
    const { notifications, silences, wake } = options;
    notifications.onPut = (lane) => {
      if (isOwnLane(lane)) return;
      this.#lanes.add(lane);
      this.#toldBy.delete(lane);
      wake();
    };
    silences.onPut = (id) => {
      this.#silences.add(id);
      wake();
    };
  }

  /** How many changes of this process the others cannot know of yet. */
  get waiting(): number {
    return this.#lanes.size + this.#silences.size;
  }

  /** The peer that told last on this lane; '' when none is known. */
  toldBy(lane: string): string {
    return this.#toldBy.get(lane) ?? '';
  }

  /** A lane is not held any more; when something was told on it, that says so. */
  release(lane: string): void {
    if (this.#lanes.has(lane)) return;
    this.#released.add(lane);
    this.#options.wake();
  }

  /**
   * The lane is to be held again. What was told on it has to be written first: that lets go of the lane, and would let go of the
   * new turn otherwise, so that a peer told the same once more. Where nothing can be written it is not waited for.
   */
  async hold(lane: string): Promise<void> {
    while (this.#lanes.has(lane) || this.#writing.has(lane)) {
      const isWritten = await new Promise<boolean>((resolve) => this.#writers.push(resolve));
      if (!isWritten) break;
    }
    this.#released.delete(lane);
  }

  /** Takes over what a peer told, when it is the newer. */
  take(shared: SharedLane): void {
    const { notifications, memory, clock, log } = this.#options;
    const { lane } = shared;
    const known = notifications.get(lane);
    if (!isNewer(shared, known === undefined ? undefined : versionOf(known))) return;
    if (shared.expiresAtMs <= clock.now() + notifications.aheadMs) return;
    try {
      notifications.take(lane, entryOf(shared));
      if (shared.memory !== JSON.stringify(memory.all(lane)))
        memory.replace(lane, JSON.parse(shared.memory) as Record<string, string>);
      this.#toldBy.set(lane, shared.toldBy);
    } catch (error) {
      log.error({ lane, problem: messageOf(error) }, 'what a peer told could not be taken over');
    }
  }

  /** Writes what this process did since. @throws {UnavailableError} then nothing is lost: {@link reconcile} makes up for it. */
  async flush(): Promise<void> {
    const { store } = this.#options;
    const lanes = drained(this.#lanes);
    const silences = drained(this.#silences);
    const released = drained(this.#released);
    for (const lane of [...lanes, ...released]) this.#writing.add(lane);
    let isWritten = false;
    try {
      for (const some of batches(silences))
        await store.putSilences(some.flatMap((id) => this.#silence(id) ?? []));
      for (const some of batches(lanes)) await store.putLanes(some.flatMap((lane) => this.#lane(lane) ?? []));
      for (const some of batches(released)) await store.release(some);
      isWritten = true;
    } catch (error) {
      for (const lane of lanes) this.#lanes.add(lane);
      for (const id of silences) this.#silences.add(id);
      for (const lane of released) this.#released.add(lane);
      throw error;
    } finally {
      for (const lane of [...lanes, ...released]) this.#writing.delete(lane);
      for (const told of this.#writers.splice(0)) told(isWritten);
    }
  }

  /** Takes over what the others wrote since the last look. @throws {UnavailableError} */
  async pull(): Promise<void> {
    const { cursor, lanes, silences } = await this.#options.store.changes(this.#cursor);
    for (const lane of lanes) this.take(lane);
    this.#takeSilences(silences);
    this.#cursor = cursor;
  }

  /** Puts everything together that was done here and there while they could not meet. @throws {UnavailableError} */
  async reconcile(): Promise<void> {
    const { store, notifications, silences } = this.#options;
    // From before the first page on, so that nothing falls between the pages and the first look for changes.
    const cursor = await store.cursor();
    const lanesThere = new Map<string, Versioned>();
    for await (const page of store.allLanes()) {
      for (const lane of page) {
        lanesThere.set(lane.lane, lane);
        this.take(lane);
      }
    }
    const silencesThere = new Map<string, Versioned>();
    for await (const page of store.allSilences()) {
      for (const silence of page) silencesThere.set(silence.id, silence);
      this.#takeSilences(page);
    }
    const nowMs = this.#options.clock.now() + notifications.aheadMs;
    for (const [lane, entry] of notifications.entries()) {
      if (isOwnLane(lane) || entry.expiresAtMs <= nowMs) continue;
      if (isNewer(versionOf(entry), lanesThere.get(lane))) this.#lanes.add(lane);
    }
    for (const silence of silences.ofPeople())
      if (isNewer(silenceVersion(silence), silencesThere.get(silence.id))) this.#silences.add(silence.id);
    await this.flush();
    this.#cursor = cursor;
  }

  #takeSilences(all: readonly SharedSilence[]): void {
    const { silences, clock, retentionMs, log } = this.#options;
    for (const shared of all) {
      const known = silences.kept(shared.id);
      if (!isNewer(shared, known === undefined ? undefined : silenceVersion(known))) continue;
      if (shared.endsAtMs < clock.now() - retentionMs) continue;
      try {
        silences.take(silenceOf(shared.text));
      } catch (error) {
        log.error(
          { silence: shared.id, problem: messageOf(error) },
          'a silence of a peer could not be taken over',
        );
      }
    }
  }

  #lane(lane: string): SharedLane | undefined {
    const { notifications, memory, name } = this.#options;
    const entry = notifications.get(lane);
    if (entry === undefined) return undefined;
    const { atMs, expiresAtMs } = entry;
    const told = { toldBy: this.#toldBy.get(lane) ?? name, memory: JSON.stringify(memory.all(lane)) };
    return { lane, atMs, expiresAtMs, text: entryText(entry), ...told };
  }

  #silence(id: string): SharedSilence | undefined {
    const silence = this.#options.silences.kept(id);
    if (silence === undefined) return undefined;
    return { ...silenceVersion(silence), id, endsAtMs: silence.endsAtMs };
  }
}

/** Its text is made only where the times are the same. */
function versionOf(entry: KeptEntry): Versioned {
  return {
    atMs: entry.atMs,
    get text() {
      return entryText(entry);
    },
  };
}

function silenceVersion(silence: Silence): Versioned {
  return { atMs: silence.updatedAtMs, text: silenceText(silence) };
}

function drained(from: Set<string>): string[] {
  const all = [...from];
  from.clear();
  return all;
}

function* batches(all: readonly string[]): Iterable<readonly string[]> {
  for (let i = 0; i < all.length; i += batch) yield all.slice(i, i + batch);
}
