import { LRUCache } from 'lru-cache';
import type { PeersStatus } from '../alerting/peers/peers-options.ts';
import type { PartJson } from '../api/skopos/contract.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Histogram } from '../telemetry/registry.ts';

/** What became of the last notification of each receiver, and how long pages took, read off the ledger as it is written. */
export class ReceiverWatch {
  /** By receiver, then by integration: one that fails is not hidden by another that works. */
  readonly #receivers = new Map<string, Map<string, PartJson>>();
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
    const integration = String(detail['integration'] ?? '');
    const parts = this.#receivers.get(name) ?? new Map<string, PartJson>();
    this.#receivers.set(name, parts);
    if (decision === 'delivered') {
      parts.set(integration, { name, state: 'ok', message: '', lastSuccessMs: atMs });
      const changedAtMs = this.#changes.get(cause);
      if (changedAtMs === undefined) return;
      this.#changes.delete(cause);
      this.#changeToPage.observe(Math.max(0, atMs - changedAtMs) / 1000);
      return;
    }
    const why = String(detail['problem'] ?? detail['reason'] ?? decision);
    const before = parts.get(integration)?.lastSuccessMs;
    parts.set(integration, {
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
        worst([...(this.#receivers.get(name)?.values() ?? [])]) ?? {
          name,
          state: 'starting',
          message: 'nothing was sent to it yet; a drill would tell',
        }
      );
    });
  }
}

/** The processes that share alerting, as a part of the chain; none when it is not shared. */
export function peersParts(peers: PeersStatus | undefined): PartJson[] {
  if (peers === undefined) return [];
  const { state, problem, members } = peers;
  const gone = members.filter(({ isAlive }) => !isAlive).map(({ name }) => name);
  const states = {
    joining: 'starting',
    together: gone.length > 0 ? 'degraded' : 'ok',
    alone: 'degraded',
  } as const;
  return [
    {
      name: 'peers',
      state: states[state],
      message:
        state === 'alone'
          ? `the shared database is away, so peers may tell the same: ${problem}`
          : state === 'together' && gone.length > 0
            ? `not heard of any more: ${gone.join(', ')}`
            : '',
      ...(state === 'together' ? { lastSuccessMs: members[0]?.lastSeenMs ?? 0 } : {}),
    },
  ];
}

const gravity: readonly PartJson['state'][] = ['failed', 'degraded', 'starting', 'ok'];

/** The part in the worst state; undefined when there is none. */
function worst(parts: readonly PartJson[]): PartJson | undefined {
  return gravity.flatMap((state) => parts.filter((part) => part.state === state))[0];
}
