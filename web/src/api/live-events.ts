import type { QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { apiUrl } from './client.ts';
import type { EventsJson, LedgerRowJson } from './types.ts';

export interface LiveState {
  /** `lost` after it was there, or was never reached; retried for ever. */
  readonly status: 'connecting' | 'live' | 'lost';
  readonly sinceMs: number;
  /** Ledger rows that arrived while this page was open, newest first. */
  readonly rows: readonly LedgerRowJson[];
  /** Counts the times that findings changed, so that their list can take it up when nobody is pointing at it. */
  readonly findingsVersion: number;
}

const mostRows = 200;
const retryMs = 3000;

/** The stream of server-sent events: keeps queries fresh and feeds the lists that move by themselves. */
export class LiveEvents {
  readonly #queries: QueryClient;
  readonly #listeners = new Set<() => void>();
  #state: LiveState = { status: 'connecting', sinceMs: Date.now(), rows: [], findingsVersion: 0 };
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: LedgerRowJson[] = [];
  #flush: ReturnType<typeof setTimeout> | undefined;
  #wasLost = false;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  start(): void {
    this.stop();
    const source = new EventSource(apiUrl('events'));
    this.#source = source;
    source.addEventListener('open', () => this.#opened());
    source.addEventListener('error', () => this.#failed(source));
    source.addEventListener('ledger', (event) => this.#row(JSON.parse(event.data)));
    source.addEventListener('changed', (event) => this.#changed(JSON.parse(event.data)));
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#flush);
    this.#flush = undefined;
    this.#source?.close();
    this.#source = undefined;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): LiveState => this.#state;

  #set(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #opened(): void {
    this.#set({ status: 'live', sinceMs: Date.now() });
    // What happened in between was missed: ask for everything again.
    if (this.#wasLost) void this.#queries.invalidateQueries();
    this.#wasLost = false;
  }

  #failed(source: EventSource): void {
    this.#wasLost = true;
    if (this.#state.status !== 'lost') this.#set({ status: 'lost', sinceMs: Date.now() });
    // The browser retries by itself after a broken connection, but not after an answer that is no event stream.
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), retryMs);
  }

  /** Rows come in bursts; pages are told a few times a second at most. */
  #row(row: LedgerRowJson): void {
    this.#waiting.push(row);
    if (this.#waiting.length > mostRows) this.#waiting.shift();
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined;
      const rows = [...this.#waiting.reverse(), ...this.#state.rows].slice(0, mostRows);
      this.#waiting = [];
      this.#set({ rows });
    }, 150);
  }

  #changed({ what }: EventsJson['changed']): void {
    // Counts stand on the overview and in the navigation whatever changed.
    if (what !== 'overview') void this.#queries.invalidateQueries({ queryKey: ['overview'] });
    if (what === 'findings') {
      void this.#queries.invalidateQueries({ queryKey: ['finding'] });
      this.#set({ findingsVersion: this.#state.findingsVersion + 1 });
      return;
    }
    void this.#queries.invalidateQueries({ queryKey: [what] });
    if (what === 'alerts') void this.#queries.invalidateQueries({ queryKey: ['ledger'] });
  }
}

export const LiveContext = createContext<LiveEvents | undefined>(undefined);

export function useLive(): LiveState {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error('useLive needs a LiveContext around it');
  return useSyncExternalStore(live.subscribe, live.snapshot);
}
