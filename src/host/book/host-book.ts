import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import { type HostFact, type HostKind, unknownFact } from '../../model/host.ts';
import type { NodeAnswer } from '../channel/fact-message.ts';
import type { HostTable, KeptNode } from './host-table.ts';

export interface HostBookOptions {
  readonly table: HostTable;
  readonly clock: Clock;
  /** How long facts are believed after the last answer. */
  readonly staleAfterMs: number;
  /** How long a node is remembered that is not expected any more. */
  readonly forgetAfterMs: number;
  /** Told what holds of a node from now on: all its facts, none of a node that is forgotten. */
  readonly changed: (node: string, facts: readonly HostFact[]) => void;
}

/**
 * `fresh`: it answers. `stale`: it did, too long ago. `silent`: it never did, and has been waited for too long. `waiting`: it may still.
 */
export type NodeState = 'fresh' | 'stale' | 'silent' | 'waiting';

/** One node, for pages and series. */
export interface NodeRecord {
  readonly node: string;
  readonly state: NodeState;
  readonly answeredAtMs?: number;
  readonly changedAtMs?: number;
  /** Why it does not answer; '' when it does. */
  readonly problem: string;
  /** What could not be read at the last answer. */
  readonly gaps: number;
}

interface Entry {
  state: NodeState;
  kept: KeptNode | undefined;
  problem: string;
  gaps: number;
  /** Since when it is waited for, where it has never answered. Unix ms. */
  readonly sinceMs: number;
}

/** What is said of a node that has never told anything. Whether it is of the control plane is not known either. */
const usualKinds: readonly HostKind[] = [
  'KubeletInfo',
  'KubeProxyInfo',
  'CNIInfo',
  'LinuxKernelVariables',
  'cloudProviderInfo',
];

/** What nodes have told, and whether it still holds. Facts themselves are in the database. */
export class HostBook {
  readonly #options: HostBookOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: HostBookOptions) {
    this.#options = options;
    for (const kept of options.table.nodes()) {
      const gaps = gapsOf(options.table.facts(kept.node));
      this.#entries.set(kept.node, { state: 'fresh', kept, problem: '', gaps, sinceMs: kept.answeredAtMs });
    }
  }

  /** How many nodes are known. */
  get size(): number {
    return this.#entries.size;
  }

  /** Tells of every node what holds now; to be called once, before anything else. */
  replay(): void {
    for (const [node, entry] of this.#entries) {
      if (this.#isOld(entry)) this.#turnStale(node, entry);
      else this.#options.changed(node, this.facts(node));
    }
  }

  /** The digest of a node's facts, '' for none. */
  digestOf(node: string): string {
    return this.#entries.get(node)?.kept?.digest ?? '';
  }

  /** What a node told last, whether it still holds or not. */
  facts(node: string): readonly HostFact[] {
    return this.#options.table.facts(node);
  }

  record(node: string): NodeRecord | undefined {
    const entry = this.#entries.get(node);
    return entry === undefined ? undefined : recordOf(node, entry);
  }

  /** By name. */
  records(): readonly NodeRecord[] {
    return [...this.#entries]
      .map(([node, entry]) => recordOf(node, entry))
      .sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  /** @returns whether its facts are other than before. */
  answered(node: string, { digest, facts }: NodeAnswer): boolean {
    const { table, clock, changed } = this.#options;
    const nowMs = clock.now();
    const entry = this.#entry(node);
    const before = entry.kept;
    const wasFresh = entry.state === 'fresh';
    entry.state = 'fresh';
    entry.problem = '';
    if (facts === undefined && before !== undefined && before.digest === digest) {
      entry.kept = { ...before, answeredAtMs: nowMs };
      table.answered(node, nowMs);
      if (!wasFresh) changed(node, table.facts(node));
      return false;
    }
    if (facts === undefined) return false;
    entry.kept = { node, digest, answeredAtMs: nowMs, changedAtMs: nowMs };
    entry.gaps = gapsOf(facts);
    table.put(entry.kept, facts);
    changed(node, facts);
    return true;
  }

  /** A node could not be asked, or did not answer. What it told holds until it is old. */
  failed(node: string, problem: string): void {
    this.#entry(node).problem = problem;
  }

  /**
   * Looks which facts have become too old, and which nodes are gone.
   *
   * @param expected nodes that ought to answer.
   * @param isGone of a node that is not expected: whether it is certain that there is no such machine any more.
   */
  tick(expected: ReadonlySet<string>, isGone: (node: string) => boolean): void {
    for (const node of expected) this.#entry(node);
    const nowMs = this.#options.clock.now();
    for (const [node, entry] of this.#entries) {
      const sinceMs = entry.kept?.answeredAtMs ?? entry.sinceMs;
      const isForgotten = nowMs - sinceMs >= this.#options.forgetAfterMs || isGone(node);
      if (!expected.has(node) && isForgotten) this.#forget(node);
      else if (this.#isOld(entry)) this.#turnStale(node, entry);
    }
  }

  #entry(node: string): Entry {
    const held = this.#entries.get(node);
    if (held !== undefined) return held;
    const sinceMs = this.#options.clock.now();
    const entry: Entry = { state: 'waiting', kept: undefined, problem: '', gaps: 0, sinceMs };
    this.#entries.set(node, entry);
    return entry;
  }

  #isOld({ state, kept, sinceMs }: Entry): boolean {
    const ageMs = this.#options.clock.now() - (kept?.answeredAtMs ?? sinceMs);
    return (state === 'fresh' || state === 'waiting') && ageMs >= this.#options.staleAfterMs;
  }

  #turnStale(node: string, entry: Entry): void {
    const { table, changed, staleAfterMs } = this.#options;
    const { kept, problem } = entry;
    entry.state = kept === undefined ? 'silent' : 'stale';
    const why = problem === '' ? 'nobody answers there' : problem;
    const reason =
      kept === undefined
        ? `the node ${node} has not told its facts so far: ${why}`
        : `the facts of the node ${node} are of ${new Date(kept.answeredAtMs).toISOString()} and no longer believed (host.stale_after ${formatDuration(staleAfterMs)}): ${why}`;
    const kinds = kept === undefined ? usualKinds : table.facts(node).map(({ kind }) => kind);
    changed(
      node,
      kinds.map((kind) => unknownFact(kind, reason)),
    );
  }

  #forget(node: string): void {
    this.#entries.delete(node);
    this.#options.table.delete(node);
    this.#options.changed(node, []);
  }
}

function recordOf(node: string, { state, kept, problem, gaps }: Entry): NodeRecord {
  const times = kept === undefined ? {} : { answeredAtMs: kept.answeredAtMs, changedAtMs: kept.changedAtMs };
  return { node, state, ...times, problem, gaps };
}

function gapsOf(facts: readonly HostFact[]): number {
  return facts.reduce((sum, { gaps }) => sum + gaps.length, 0);
}
