import { setTimeout as pause } from 'node:timers/promises';
import { vi } from 'vitest';
import {
  type ClusterFigures,
  ClusterSource,
  type ClusterSourceOptions,
} from '../../../src/inventory/cluster/cluster-source.ts';
import { kindsFor } from '../../../src/inventory/cluster/kinds.ts';
import { Inventory } from '../../../src/inventory/inventory.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import type { AccessChoice } from '../../../src/kube/load-access.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { controls } from '../../../src/posture/controls/index.generated.ts';
import { PostureEngine, type VerdictChange } from '../../../src/posture/engine.ts';
import { defaultInputs } from '../../../src/posture/inputs.ts';

/** Times that suit tests. */
const quick = { rediscoverMs: 500, refusalRetryMs: 500, pageSize: 50 };

/** A cluster that is read and judged as the program does it, in this process. */
export class LivePosture {
  readonly inventory: Inventory;
  readonly source: ClusterSource;
  readonly engine: PostureEngine;
  /** What was other than before, since the start or {@link clear}. */
  readonly changes: VerdictChange[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(access: AccessChoice, options: Partial<ClusterSourceOptions> = {}) {
    this.inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
    this.engine = new PostureEngine({
      controls,
      inputs: defaultInputs,
      view: this.inventory,
      objectOf: (key) => this.inventory.object(key),
    });
    this.inventory.subscribe((changes) => void this.changes.push(...this.engine.apply(changes)));
    this.inventory.subscribeUnreadable(
      (kinds) => void this.changes.push(...this.engine.setUnreadable(kinds)),
    );
    this.source = new ClusterSource({
      access,
      inventory: this.inventory,
      clock: systemClock,
      log: silentLogger,
      kinds: kindsFor(controls.flatMap(({ checks }) => checks.flatMap(({ kinds }) => kinds))),
      ...quick,
      ...options,
    });
    this.#running = this.source.run(this.#stop.signal);
  }

  /** Waits until all that can be read has been. */
  async ready(): Promise<this> {
    await until(() => {
      if (!this.inventory.ready) throw new Error(`not ready: ${JSON.stringify(this.source.status())}`);
    });
    return this;
  }

  figures(): ClusterFigures {
    return this.source.figures();
  }

  clear(): void {
    this.changes.length = 0;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Everything that is not passed, as texts that can be compared. */
  standing(): readonly string[] {
    return [...this.engine.verdicts({ states: ['fail', 'unknown', 'excepted'] })].map(textOf).sort();
  }
}

function textOf({ controlId, object, state, evidence, reason = '' }: Verdict): string {
  const where = evidence.map(({ path, message }) => `${path} ${message}`).sort();
  return `${controlId} ${object.kind} ${object.namespace}/${object.name} ${state} ${reason} ${where.join('; ')}`;
}

/** Lists everything afresh, judges it by an engine of its own, and gives what that says. */
export async function fullScan(access: AccessChoice): Promise<readonly string[]> {
  const scan = new LivePosture(access, { pageSize: 500 });
  try {
    await scan.ready();
    return scan.standing();
  } finally {
    await scan.stop();
  }
}

/** Waits until what is kept up with every change says the same as a scan of everything. */
export async function agrees(live: LivePosture, access: AccessChoice, timeoutMs = 60_000): Promise<number> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const wanted = await fullScan(access);
    const got = live.standing();
    const missing = wanted.filter((text) => !got.includes(text));
    const wrong = got.filter((text) => !wanted.includes(text));
    if (missing.length + wrong.length === 0) return wanted.length;
    if (Date.now() > endMs)
      throw new Error(
        `${missing.length} verdicts are missing, ${wrong.length} are wrong:\n${[...missing.slice(0, 5), ...wrong.slice(0, 5)].join('\n')}`,
      );
    await pause(200);
  }
}

export function until(check: () => unknown, timeoutMs = 90_000): Promise<unknown> {
  return vi.waitFor(check, { timeout: timeoutMs, interval: 50 });
}
