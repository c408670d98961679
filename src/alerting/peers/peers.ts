import { randomUUID } from 'node:crypto';
import { messageOf } from '../../kit/app-error.ts';
import { backoffMs } from '../../kit/backoff.ts';
import { sleep } from '../../kit/sleep.ts';
import { type PeerMetrics, peerMetrics } from './peer-metrics.ts';
import { longestJoinMs, PeerTurns } from './peer-turns.ts';
import type { PeersOptions, PeersStatus } from './peers-options.ts';
import { SharedBooks } from './shared-books.ts';
import { channel, deadAfterMs, type PeerRow, SharedStore } from './shared-store.ts';
import type { Turns } from './turn.ts';
import { Wakeup } from './wakeup.ts';

/** How often a process says that it lives, and looks for changes that it was not told of. */
const roundMs = 1000;
const rejoin = { initialMs: 500, maxMs: 5000 };
const tidyEveryMs = 5 * 60_000;

/**
 * Several processes with the same alerts tell of each once: they share silences and what was told through one database, and take
 * turns to send. Where the database is away, each goes on alone with what it knows, and what they did meanwhile is put together when it
 * comes back; so an outage may repeat a notification, and never loses one.
 */
export class Peers {
  /** Whose turn it is to send. */
  readonly turns: Turns;
  readonly #options: PeersOptions;
  readonly #id = randomUUID();
  readonly #store: SharedStore;
  readonly #books: SharedBooks;
  readonly #metrics: PeerMetrics;
  readonly #startedAtMs: number;
  /** Wakes those that wait for a change of what is shared. */
  readonly #news = new Wakeup();
  /** Wakes the round: something is to be looked at, or written. */
  readonly #work = new Wakeup();
  #state: PeersStatus['state'] = 'joining';
  #sinceMs: number;
  #problem = '';
  #isListening = false;
  #others: readonly PeerRow[] = [];
  #greetedAtMs = 0;
  #running: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(options: PeersOptions) {
    const { clock, database, name, address, version, registry } = options;
    this.#options = options;
    this.#startedAtMs = clock.now();
    this.#sinceMs = this.#startedAtMs;
    this.#store = new SharedStore(database, { id: this.#id, name, address, version });
    this.#metrics = peerMetrics(
      registry,
      () => this.status(),
      () => this.#books.waiting,
    );
    this.#books = new SharedBooks({ ...options, store: this.#store, wake: () => this.#work.wake() });
    this.turns = new PeerTurns({
      ...options,
      books: this.#books,
      store: this.#store,
      metrics: this.#metrics,
      news: this.#news,
      state: () => this.#state,
      position: () => this.position,
      lost: (error) => this.#lose(error),
    });
  }

  /** Joins, and keeps what is shared the same, until {@link leave}: what is still being sent at the end is to be known to the others. */
  start(): void {
    const { signal } = this.#stop;
    this.#running = Promise.all([this.#keepTogether(signal), this.#listen(signal)]).then(() => undefined);
  }

  /** Writes what waits and lets go of what is held, once nothing is sent any more. */
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    try {
      if (this.#state === 'together') {
        await this.#books.flush();
        await this.#store.leave();
      }
    } catch (error) {
      this.#options.log.warn({ problem: messageOf(error) }, 'peers could not be told that this process ends');
    }
    await this.#options.database.close();
  }

  /** Among those that live; 0 tries to send first. */
  get position(): number {
    const { name } = this.#options;
    return this.#others.filter(
      (other) => isAlive(other) && (other.name < name || (other.name === name && other.id < this.#id)),
    ).length;
  }

  status(): PeersStatus {
    const { name, address, version, clock, notifications } = this.#options;
    const nowMs = clock.now();
    const isTogether = this.#state === 'together';
    const silentMs = isTogether ? 0 : nowMs - this.#greetedAtMs;
    return {
      state: this.#state,
      sinceMs: this.#sinceMs,
      problem: this.#problem,
      isListening: isTogether && this.#isListening,
      position: this.position,
      aheadMs: notifications.aheadMs,
      members: [
        {
          ...{ name, address, version, isSelf: true, isAlive: true, startedAtMs: this.#startedAtMs },
          ...{ lastSeenMs: nowMs, aheadMs: notifications.aheadMs },
        },
        ...this.#others.map((other) => ({
          ...{ name: other.name, address: other.address, version: other.version, isSelf: false },
          isAlive: isTogether && isAlive(other),
          startedAtMs: other.startedAtMs - notifications.aheadMs,
          lastSeenMs: nowMs - other.silentMs - silentMs,
          aheadMs: other.aheadMs,
        })),
      ],
    };
  }

  async #keepTogether(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    let failures = 0;
    let tidiedAtMs = clock.now();
    while (!signal.aborted) {
      try {
        if (this.#state === 'together') {
          await this.#round();
          if (clock.now() - tidiedAtMs >= tidyEveryMs) {
            tidiedAtMs = clock.now();
            await this.#store.tidy(this.#options.retentionMs);
          }
        } else {
          await this.#join();
          failures = 0;
        }
      } catch (error) {
        this.#lose(error);
      }
      if (this.#state === 'together') await this.#work.wait(roundMs, signal, clock);
      else await sleep(backoffMs(failures++, rejoin), signal, clock);
    }
    log.debug({}, 'peers are left alone');
  }

  async #join(): Promise<void> {
    const { log } = this.#options;
    await this.#store.prepare();
    await this.#greet();
    await this.#books.reconcile();
    this.#become('together', '');
    this.#news.wake();
    log.info(
      { peers: this.#others.filter(isAlive).map(({ name }) => name) },
      'alerting is shared with peers',
    );
  }

  /** One look around; sooner than the next is due when there is something to write or to read. */
  async #round(): Promise<void> {
    const { clock } = this.#options;
    await this.#books.flush();
    if (clock.now() - this.#greetedAtMs >= roundMs) await this.#greet();
    await this.#books.pull();
    this.#news.wake();
  }

  async #greet(): Promise<void> {
    const { clock, notifications, changed, log } = this.#options;
    const sentAtMs = clock.now();
    const { nowMs, peers } = await this.#store.greet(notifications.aheadMs);
    const tookMs = clock.now() - sentAtMs;
    // Known no better than to the time that the answer took, so that small differences are none.
    const aheadMs = nowMs - (sentAtMs + tookMs / 2);
    if (Math.abs(aheadMs - notifications.aheadMs) > Math.max(tookMs, 5))
      notifications.aheadMs = Math.round(aheadMs);
    const before = this.#alive();
    this.#others = [...peers].sort((a, b) =>
      a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1,
    );
    this.#greetedAtMs = sentAtMs;
    const now = this.#alive();
    if (before === now) return;
    if (this.#state === 'together') log.info({ before, now }, 'peers came or went');
    changed();
  }

  #alive(): string {
    return this.#others
      .filter(isAlive)
      .map(({ name }) => name)
      .join(', ');
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { clock, database, log } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      if (this.#state !== 'together') {
        await this.#news.wait(roundMs, signal, clock);
        continue;
      }
      const hear = (from: string): void => {
        failures = 0;
        this.#isListening = true;
        if (from !== this.#id) this.#work.wake();
      };
      try {
        await database.listen(channel, hear, signal);
      } catch (error) {
        log.debug({ problem: messageOf(error) }, 'peers are not heard; they are looked for every second');
      }
      this.#isListening = false;
      await sleep(backoffMs(failures++, rejoin), signal, clock);
    }
  }

  #lose(error: unknown): void {
    const { log, clock } = this.#options;
    const problem = messageOf(error);
    // A start is slow on a busy machine; what is due waits for so long anyway.
    if (this.#state === 'joining' && clock.now() - this.#startedAtMs < longestJoinMs) return;
    if (this.#state !== 'alone') {
      log.error(
        { problem },
        'the shared database is away; this process goes on alone, and may repeat what peers tell',
      );
      this.#metrics.lost();
    }
    this.#become('alone', problem);
    this.#news.wake();
  }

  #become(state: PeersStatus['state'], problem: string): void {
    this.#problem = problem;
    if (this.#state === state) return;
    this.#state = state;
    this.#sinceMs = this.#options.clock.now();
    this.#options.changed();
  }
}

function isAlive({ silentMs }: PeerRow): boolean {
  return silentMs < deadAfterMs;
}
