import type { PartJson } from '../../api/skopos/contract.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import { HostBook } from '../../host/book/host-book.ts';
import { HostTable } from '../../host/book/host-table.ts';
import { NodePoller, type PollOutcome } from '../../host/channel/node-poller.ts';
import type { HostSettings } from '../../host/settings.ts';
import { createHttpClient } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { SourceChange } from '../../inventory/source.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import type { Logger } from '../../log/logger.ts';
import { type HostFact, hostApiVersion, hostKinds, hostObject } from '../../model/host.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { groupOf, keyOf } from '../../model/object.ts';
import type { Database } from '../../store/database.ts';
import type { Registry } from '../../telemetry/registry.ts';
import { wantedNodes } from './wanted-nodes.ts';

export interface HostRoleDeps {
  readonly config: LoadedConfig;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly inventory: Inventory;
}

const source = 'nodes';
const outcomes: readonly PollOutcome[] = ['changed', 'unchanged', 'failed'];

/** The key of what a node reports of one kind. */
export function hostKey(node: string, kind: string): string {
  return keyOf({ group: groupOf(hostApiVersion), kind, namespace: '', name: node });
}

/** Facts of nodes: asked for, kept, and put into the inventory as objects, where the controls judge them. */
export class HostRole implements Component {
  readonly name = 'host facts';
  readonly settings: HostSettings;
  readonly book: HostBook;
  readonly #poller: NodePoller;
  readonly #deps: HostRoleDeps;

  constructor(settings: HostSettings, deps: HostRoleDeps) {
    const { db, clock, log, registry, inventory } = deps;
    this.settings = settings;
    this.#deps = deps;
    inventory.announce(source);
    this.book = new HostBook({
      ...{ table: new HostTable(db), clock },
      ...{ staleAfterMs: settings.stale_after, forgetAfterMs: settings.forget_after },
      changed: (node, facts) => this.#put(node, facts),
    });
    const requests = registry.counter(
      'skopos_host_requests_total',
      'Requests for the facts of nodes, by outcome.',
      outcomes.map((outcome) => ({ outcome })),
    );
    registry.collector(() => this.#families());
    this.#poller = new NodePoller({
      ...{ book: this.book, clock, log, intervalMs: settings.interval, maxNodes: settings.max_nodes },
      client: createHttpClient(settings.http_config ?? ({} as HttpClientConfig)),
      nodes: () => wantedNodes(settings, inventory),
      asked: (outcome) => requests.inc({ outcome }),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    this.book.replay();
    this.#deps.inventory.synced(source);
    await this.#poller.run(signal);
  }

  /** For the state of the chain. */
  part(): PartJson {
    const records = this.book.records();
    const behind = records.filter(({ state }) => state === 'stale' || state === 'silent');
    const answeredAtMs = Math.max(0, ...records.map(({ answeredAtMs: atMs = 0 }) => atMs));
    const [first] = behind;
    return {
      name: 'nodes',
      state: behind.length > 0 ? 'degraded' : answeredAtMs === 0 ? 'starting' : 'ok',
      message:
        first === undefined
          ? ''
          : records.length === 1
            ? `the node ${first.node} does not tell its facts: ${first.problem}`
            : `${behind.length} of ${records.length} nodes ${behind.length === 1 ? 'does not tell its' : 'do not tell their'} facts, such as ${first.node}: ${first.problem}`,
      ...(answeredAtMs === 0 ? {} : { lastSuccessMs: answeredAtMs }),
    };
  }

  #put(node: string, facts: readonly HostFact[]): void {
    const { inventory, clock } = this.#deps;
    const atMs = clock.now();
    const present = new Set<string>(facts.map(({ kind }) => kind));
    const changes: SourceChange[] = [
      ...facts.map(
        (fact) => ({ type: 'put', object: hostObject(node, fact), origin: { source }, atMs }) as const,
      ),
      ...hostKinds
        .filter((kind) => !present.has(kind))
        .map((kind) => ({ type: 'delete', key: hostKey(node, kind), atMs }) as const),
    ];
    inventory.apply(source, changes, { initial: !inventory.ready });
  }

  #families(): readonly MetricFamily[] {
    const records = this.book.records();
    const states = ['fresh', 'stale', 'silent', 'waiting'] as const;
    const name = 'skopos_host_last_answer_timestamp_seconds';
    const heard = 'skopos_host_node_heard';
    return [
      {
        name: 'skopos_host_nodes',
        help: 'Nodes whose facts are wanted, by whether they tell them.',
        type: 'gauge',
        samples: states.map((state) => ({
          name: 'skopos_host_nodes',
          labels: { state },
          value: records.filter((record) => record.state === state).length,
        })),
      },
      {
        name,
        help: 'When a node last told its facts, in Unix seconds.',
        type: 'gauge',
        samples: records.flatMap(({ node, answeredAtMs }) =>
          answeredAtMs === undefined ? [] : [{ name, labels: { node }, value: answeredAtMs / 1000 }],
        ),
      },
      {
        name: heard,
        help: 'Whether what a node told of itself is believed now: 0 when it is too old, or was never told.',
        type: 'gauge',
        // Of a node that was only just found nobody can say.
        samples: records.flatMap(({ node, state }) =>
          state === 'waiting' ? [] : [{ name: heard, labels: { node }, value: state === 'fresh' ? 1 : 0 }],
        ),
      },
      {
        name: 'skopos_host_gaps',
        help: 'What nodes could not read of themselves at their last answer, of all nodes.',
        type: 'gauge',
        samples: [
          { name: 'skopos_host_gaps', labels: {}, value: records.reduce((sum, { gaps }) => sum + gaps, 0) },
        ],
      },
    ];
  }
}

/** The role where nodes are named; nothing otherwise. To be made after whoever listens to the inventory. */
export function createHostRole(deps: HostRoleDeps): HostRole | undefined {
  const { host } = deps.config;
  return host === undefined ? undefined : new HostRole(host, deps);
}
