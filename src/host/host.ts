import type { HostGap, HostKind } from '../model/host.ts';
import type { Accounts } from './root/accounts.ts';
import type { HostRoot } from './root/host-root.ts';
import type { Processes } from './root/processes.ts';
import { isAbsent, type Reading, readValue } from './root/reading.ts';

/** A host as sensors look at it. Read-only. */
export interface Host {
  readonly files: HostRoot;
  /** Its `/proc`. */
  readonly proc: HostRoot;
  /** Its `/sys`. */
  readonly sys: HostRoot;
  readonly accounts: Accounts;
  readonly processes: Processes;
  /** Whether an address takes connections; undefined where that is not to be tried. */
  readonly reaches?: (address: string, port: number) => Promise<boolean>;
}

/** What a sensor has found out. */
export interface Sensed {
  readonly data: unknown;
  readonly gaps: readonly HostGap[];
}

/** Finds out the facts of one kind. One file in `sensors/`. */
export interface Sensor {
  readonly kind: HostKind;
  /** Undefined where the host has nothing of the kind, as a worker has no control plane. What cannot be read is a gap, never left out. */
  sense(host: Host): Promise<Sensed | undefined>;
}

/** Collects what could not be read while a sensor goes on. */
export class Gaps {
  readonly #list: HostGap[] = [];

  get list(): readonly HostGap[] {
    return this.#list;
  }

  add(field: string, reason: string): void {
    this.#list.push({ field, reason });
  }

  /** The value of a reading. That there is nothing is no gap; that it could not be read is. */
  take<Value>(field: string, reading: Reading<Value>): Value | undefined {
    if ('obstacle' in reading && !isAbsent(reading)) this.add(field, reading.reason);
    return readValue(reading);
  }

  /** As {@link take}, of what has to be there: that there is nothing is a gap too. */
  need<Value>(field: string, reading: Reading<Value>): Value | undefined {
    if ('obstacle' in reading) this.add(field, reading.reason);
    return readValue(reading);
  }
}
