import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { childrenOf, type Expr } from '../../promql/ast.ts';
import { selectorUsesOf } from '../../promql/inspect.ts';
import { parseExpr } from '../../promql/parser.ts';
import type { Queryable, Selection } from '../../promql/queryable.ts';
import type { RemoteReadConfig } from '../config/remote-read-config.ts';
import { type FoundSeries, MergedSeries, selectionKey } from './merged-series.ts';
import { ReadClient } from './read-client.ts';

export interface RemoteReadOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Unix ms of the oldest sample that the store has; undefined while it has none. */
  readonly oldestMs: () => number | undefined;
  /** Expressions of rules: what they read elsewhere is read anew again and again, as rules do not wait. */
  readonly ruleExpressions: () => Iterable<Expr | string>;
  readonly externalLabels: Labels;
}

/** A time of a query, and how far before it a sample may be. */
export interface QueryTime {
  readonly startMs: number;
  readonly endMs: number;
  readonly lookbackMs?: number;
}

const usualLookbackMs = 300_000;
/** How old what rules see of other systems may be. */
const refreshMs = 15_000;

/** Series of other systems, for queries and rules. */
export class RemoteRead implements Component {
  readonly name = 'remote-read';
  readonly #options: RemoteReadOptions;
  #clients: readonly ReadClient[] = [];
  #forRules: FoundSeries = new Map();
  #queries = 0;
  #failures = 0;

  constructor(options: RemoteReadOptions) {
    this.#options = options;
  }

  /** Takes the place of all that was loaded. */
  load(configs: readonly RemoteReadConfig[]): void {
    for (const client of this.#clients) void client.close();
    this.#clients = configs.map((config) => new ReadClient(config, this.#options.clock));
    this.#forRules = new Map();
  }

  /**
   * The store with what other systems have of the series of a query. A system that does not answer is a warning; what the others have
   * is there.
   */
  async open(
    store: Queryable,
    query: Expr | string,
    time: QueryTime,
    signal: AbortSignal,
  ): Promise<{ readonly queryable: Queryable; readonly warnings: readonly string[] }> {
    if (this.#clients.length === 0) return { queryable: store, warnings: [] };
    const selections = selectionsOf(typeof query === 'string' ? parseExpr(query) : query, time);
    const { found, warnings } = await this.#read(selections, signal);
    return { queryable: found.size === 0 ? store : new MergedSeries(store, found), warnings };
  }

  /** What rules read: the store, and what other systems had a moment ago. */
  rulesView(store: Queryable): Queryable {
    return { select: (selection) => this.#selectForRules(store, selection) };
  }

  metrics(): MetricFamily[] {
    if (this.#clients.length === 0) return [];
    const counter = (name: string, help: string, value: number): MetricFamily => ({
      name,
      type: 'counter',
      help,
      samples: [{ name, labels: {}, value }],
    });
    return [
      counter(
        'prometheus_remote_storage_read_queries_total',
        'Queries sent to other systems.',
        this.#queries,
      ),
      counter(
        'skopos_remote_read_failures_total',
        'Queries that other systems did not answer.',
        this.#failures,
      ),
    ];
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    do {
      if (this.#clients.length === 0) continue;
      const { found, warnings } = await this.#read(this.#ruleSelections(), signal);
      if (signal.aborted) break;
      // Where a system does not answer, what it said before is too old soon enough by itself.
      if (warnings.length === 0 || found.size > 0) this.#forRules = found;
      for (const problem of warnings) log.warn({ problem }, 'rules do not see the series of another system');
    } while (await sleep(refreshMs, signal, clock));
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  #selectForRules(store: Queryable, selection: Selection) {
    return this.#forRules.size === 0
      ? store.select(selection)
      : new MergedSeries(store, this.#forRules).select(selection);
  }

  #ruleSelections(): Selection[] {
    const nowMs = this.#options.clock.now();
    const all = new Map<string, Selection>();
    for (const expression of this.#options.ruleExpressions()) {
      const expr = typeof expression === 'string' ? parseExpr(expression) : expression;
      // What is read now serves until the next time.
      for (const selection of selectionsOf(expr, { startMs: nowMs - refreshMs, endMs: nowMs + refreshMs })) {
        const key = selectionKey(selection.matchers);
        const held = all.get(key);
        all.set(key, held === undefined || held.fromMs > selection.fromMs ? selection : held);
      }
    }
    return [...all.values()];
  }

  async #read(
    selections: readonly Selection[],
    signal: AbortSignal,
  ): Promise<{ readonly found: FoundSeries; readonly warnings: readonly string[] }> {
    const found = new Map<string, readonly MixedSamples[]>();
    const warnings = new Set<string>();
    await Promise.all(
      this.#clients.flatMap((client) =>
        selections.map(async (selection) => {
          const query = this.#queryOf(client.config, selection);
          if (query === undefined) return;
          this.#queries++;
          try {
            const series = await client.read(query.selection, signal);
            const key = selectionKey(selection.matchers);
            const own = series.map((one) => ({ ...one, labels: without(one.labels, query.added) }));
            found.set(key, [...(found.get(key) ?? []), ...own]);
          } catch (error) {
            this.#failures++;
            warnings.add(messageOf(error));
          }
        }),
      ),
    );
    return { found, warnings: [...warnings] };
  }

  /** What one system is asked for; undefined where it is not asked. */
  #queryOf(
    config: RemoteReadConfig,
    selection: Selection,
  ): { readonly selection: Selection; readonly added: Labels } | undefined {
    const { required_matchers: required, read_recent: isRecent, filter_external_labels: filters } = config;
    const has = (name: string, value: string): boolean =>
      selection.matchers.some(
        (matcher) => matcher.name === name && matcher.op === '=' && matcher.value === value,
      );
    if (!Object.entries(required).every(([name, value]) => has(name, value))) return undefined;
    const oldestMs = isRecent ? undefined : this.#options.oldestMs();
    if (oldestMs !== undefined && selection.fromMs >= oldestMs) return undefined;
    const { externalLabels } = this.#options;
    const named = new Set(selection.matchers.map(({ name }) => name));
    const added = filters
      ? Object.fromEntries(Object.entries(externalLabels).filter(([name]) => !named.has(name)))
      : {};
    const more = Object.entries(added).map(([name, value]): Matcher => ({ name, op: '=', value }));
    return {
      selection: {
        fromMs: selection.fromMs,
        toMs: Math.min(selection.toMs, oldestMs ?? Number.MAX_SAFE_INTEGER),
        matchers: [...selection.matchers, ...more],
      },
      added,
    };
  }
}

/** What an expression reads, at its widest. */
function selectionsOf(expr: Expr, { startMs, endMs, lookbackMs = usualLookbackMs }: QueryTime): Selection[] {
  const pins = pinsOf(expr);
  return selectorUsesOf(expr).map(({ matchers, reachMs, pinned }) => {
    const firstMs = pinned ? Math.min(startMs, ...pins) : startMs;
    const lastMs = pinned ? Math.max(endMs, ...pins) : endMs;
    return {
      matchers,
      fromMs: firstMs - Math.max(0, reachMs) - lookbackMs,
      toMs: lastMs + Math.max(0, -reachMs),
    };
  });
}

/** Times that `@` names. */
function pinsOf(expr: Expr): number[] {
  const selector = expr.kind === 'matrix' ? expr.selector : expr;
  const own = 'at' in selector && typeof selector.at === 'number' ? [selector.at] : [];
  return [...own, ...childrenOf(expr).flatMap(pinsOf)];
}

/** Labels that a system was asked for because they are ours are not part of what it answers. */
function without(labels: Labels, added: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => added[name] !== value));
}
