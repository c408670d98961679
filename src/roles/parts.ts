import { LRUCache } from 'lru-cache';
import type { PartJson } from '../api/skopos/contract.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Histogram } from '../telemetry/registry.ts';

/** What became of the last notification of each receiver, and how long pages took, read off the ledger as it is written. */
export class ReceiverWatch {
  readonly #receivers = new Map<string, PartJson>();
  /** When the change behind each recent cause was noticed. */
  readonly #changes = new LRUCache<string, number>({ max: 10_000 });
  readonly #changeToPage: Histogram;

  constructor(changeToPage: Histogram) {
    this.#changeToPage = changeToPage;
  }

  see({ hop, cause, atMs, decision, detail }: LedgerEntry): void {
    if (hop === 'change' && !this.#changes.has(cause)) this.#changes.set(cause, atMs);
    if (hop !== 'receipt') return;
    const receiver = String(detail['receiver'] ?? '');
    const name = `receiver:${receiver}`;
    if (decision === 'delivered') {
      this.#receivers.set(name, { name, state: 'ok', message: '', lastSuccessMs: atMs });
      const changedAtMs = this.#changes.get(cause);
      if (changedAtMs === undefined) return;
      this.#changes.delete(cause);
      this.#changeToPage.observe(Math.max(0, atMs - changedAtMs) / 1000);
      return;
    }
    const why = String(detail['problem'] ?? detail['reason'] ?? decision);
    const before = this.#receivers.get(name)?.lastSuccessMs;
    this.#receivers.set(name, {
      name,
      state: decision === 'retrying' ? 'degraded' : 'failed',
      message: why,
      ...(before === undefined ? {} : { lastSuccessMs: before }),
    });
  }

  /** One part for each configured receiver; one that was never used is still `starting`. */
  parts(receivers: readonly string[]): PartJson[] {
    return receivers.map((receiver) => {
      const name = `receiver:${receiver}`;
      return (
        this.#receivers.get(name) ?? {
          name,
          state: 'starting',
          message: 'nothing was sent to it yet; a drill would tell',
        }
      );
    });
  }
}
