import type { Clock } from '../../kit/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { Postgres } from '../../store/postgres.ts';
import type { Registry } from '../../telemetry/registry.ts';
import type { NotificationLog } from '../notification-log.ts';
import type { ReceiverMemory } from '../receiver-memory.ts';
import type { SilenceStore } from '../silence-store.ts';

/** What sharing needs of the outside; the router adds what is shared. */
export interface SharingOptions {
  readonly database: Postgres;
  /** How people and the other processes know this one. */
  readonly name: string;
  /** `host:port` where it is reached. */
  readonly address: string;
  readonly version: string;
}

export interface PeersOptions extends SharingOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly notifications: NotificationLog;
  readonly memory: ReceiverMemory;
  readonly silences: SilenceStore;
  readonly retentionMs: number;
  /** Called when the state of the peers changed. */
  readonly changed: () => void;
}

/** How it stands with the processes that share the work. */
export interface PeersStatus {
  /** `joining` at the start; `alone`: the database is away, and this process tells of everything itself. */
  readonly state: 'joining' | 'together' | 'alone';
  /** Since when it is so. */
  readonly sinceMs: number;
  /** Why it is alone; '' otherwise. */
  readonly problem: string;
  /** Whether changes are heard at once, rather than looked for every second. */
  readonly isListening: boolean;
  /** Its place in the order in which the processes try to send: 0 is first. */
  readonly position: number;
  /** How far the database's clock is ahead of ours. */
  readonly aheadMs: number;
  /** This process first, then the others by name, those that were gone for less than an hour included. */
  readonly members: readonly PeerMember[];
}

export interface PeerMember {
  readonly name: string;
  readonly address: string;
  readonly version: string;
  readonly isSelf: boolean;
  readonly isAlive: boolean;
  readonly startedAtMs: number;
  readonly lastSeenMs: number;
  /** How far the database's clock is ahead of its clock. */
  readonly aheadMs: number;
}
