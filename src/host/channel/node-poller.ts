import type { StreamingHttpClient } from '../../http/client.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import type { HostBook } from '../book/host-book.ts';
import { fetchFacts, type NodeTarget } from './fetch-facts.ts';

/** Which nodes there are, as known now. */
export interface NodesWanted {
  /** Those that can be asked, each once. */
  readonly targets: readonly NodeTarget[];
  /** Those that ought to answer but cannot be asked, with the reason. */
  readonly unasked: ReadonlyMap<string, string>;
  /** Whether it is certain that a node is no more. */
  isGone(node: string): boolean;
}

export type PollOutcome = 'changed' | 'unchanged' | 'failed';

export interface NodePollerOptions {
  readonly book: HostBook;
  readonly client: StreamingHttpClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
  readonly maxNodes: number;
  readonly nodes: () => NodesWanted;
  /** Called once for each answer, and each that did not come. */
  readonly asked: (outcome: PollOutcome) => void;
}

/** Asked at a time. */
const mostAtOnce = 8;
/** A node reads its files when it is asked. */
const answerTimeoutMs = 30_000;

/** Asks every node for its facts, now and then. */
export class NodePoller implements Component {
  readonly name = 'host facts';
  readonly #options: NodePollerOptions;
  /** Last problems, so that each is logged once. */
  readonly #problems = new Map<string, string>();
  #isOver = false;

  constructor(options: NodePollerOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { client, clock, intervalMs } = this.#options;
    try {
      do await this.round(signal);
      while (await sleep(intervalMs, signal, clock));
    } finally {
      await client.close();
    }
  }

  /** Asks each node once. */
  async round(signal: AbortSignal): Promise<void> {
    const { book, nodes, maxNodes } = this.#options;
    const { targets, unasked, isGone } = nodes();
    const asked = this.#bounded(targets, maxNodes);
    const left = [...asked];
    const ask = async (): Promise<void> => {
      for (let target = left.shift(); target !== undefined && !signal.aborted; target = left.shift())
        await this.#ask(target, signal);
    };
    await Promise.all(Array.from({ length: mostAtOnce }, ask));
    if (signal.aborted) return;
    for (const [node, reason] of unasked) book.failed(node, reason);
    book.tick(new Set([...asked.map(({ node }) => node), ...unasked.keys()]), isGone);
    for (const node of this.#problems.keys())
      if (book.record(node) === undefined) this.#problems.delete(node);
  }

  #bounded(targets: readonly NodeTarget[], most: number): readonly NodeTarget[] {
    const isOver = targets.length > most;
    if (isOver && !this.#isOver)
      this.#options.log.error(
        { nodes: targets.length, most },
        'more nodes than host.max_nodes; the rest is not asked',
      );
    this.#isOver = isOver;
    return isOver ? targets.slice(0, most) : targets;
  }

  async #ask(target: NodeTarget, signal: AbortSignal): Promise<void> {
    const { book, client, clock, asked, log } = this.#options;
    const { node } = target;
    const stop = new AbortController();
    const cancel = clock.timer(answerTimeoutMs, () =>
      stop.abort(new Error(`no answer within ${answerTimeoutMs / 1000} s`)),
    );
    try {
      const both = AbortSignal.any([signal, stop.signal]);
      const answer = await fetchFacts(client, target, book.digestOf(node), both);
      asked(book.answered(node, answer) ? 'changed' : 'unchanged');
      if (this.#problems.delete(node)) log.info({ node }, 'node answers again');
    } catch (error) {
      if (signal.aborted) return;
      const problem = messageOf(error);
      asked('failed');
      book.failed(node, problem);
      if (this.#problems.get(node) !== problem) log.warn({ node, problem }, 'node does not tell its facts');
      this.#problems.set(node, problem);
    } finally {
      cancel();
    }
  }
}
