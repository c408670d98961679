import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import { Engine } from '../promql/engine.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { evaluateInSlicesWith, evaluateWith } from './evaluate.ts';
import { parseRuleFile } from './rule-file.ts';
import { RuleManager } from './rule-manager.ts';

const startMs = 1_700_000_000_000;
const minute = 60_000;

const rules = `
groups:
  - name: g
    rules:
      - record: twice
        expr: up * 2
      - alert: Down
        expr: up == 0
        annotations: { summary: '{{ $labels.instance }}' }
`;

/** A manager whose evaluations pause after `sliceMs`, and go on when the test says so. */
class Bench {
  readonly clock = new VirtualClock(startMs);
  readonly store = new TimeSeriesStore({ clock: this.clock, log: silentLogger });
  readonly sent: Alert[] = [];
  readonly manager: RuleManager;
  /** How often the event loop was given back. */
  turns = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(sliceMs: number) {
    const engine = new Engine({
      sliceMs,
      giveWay: () => {
        this.turns++;
        return new Promise((resolve) => this.#waiting.push(resolve));
      },
    });
    this.manager = new RuleManager({
      clock: this.clock,
      log: silentLogger,
      evaluate: evaluateWith(engine),
      slices: { evaluate: evaluateInSlicesWith(engine), turns: engine.turns },
      store: this.store,
      append: (batch) => this.store.append(batch),
      send: (alerts) => this.sent.push(...alerts),
      ledger: () => {},
      externalURL: 'http://skopos.test',
    });
    this.load(rules);
    const stop = new AbortController();
    void this.manager.run(stop.signal);
    onTestFinished(() => stop.abort());
  }

  load(text: string): void {
    this.manager.load([parseRuleFile(text, 'r.yaml')]);
  }

  put(count: number, value: number): void {
    this.store.append(
      Array.from({ length: count }, (_, i) => ({
        labels: { __name__: 'up', instance: String(i) },
        atMs: this.clock.now(),
        value,
      })),
    );
  }

  /** One turn of the event loop for what waits for one. */
  async turn(): Promise<void> {
    for (const resolve of this.#waiting.splice(0)) resolve();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 100_000 && this.#waiting.length > 0; i++) await this.turn();
  }

  /** Series that a metric has now. */
  count(metric: string): number {
    const atMs = this.clock.now();
    const selection = {
      matchers: [{ name: '__name__', op: '=' as const, value: metric }],
      fromMs: 0,
      toMs: atMs,
    };
    return [...this.store.select(selection)].length;
  }
}

describe('evaluation in slices', () => {
  it('does what is small before another turn of the event loop', async () => {
    const bench = new Bench(60_000);
    bench.put(3, 0);
    await bench.clock.advance(0);
    expect(bench.sent).toHaveLength(3);
    expect(bench.count('twice')).toBe(3);
  });

  it('pauses in what is large, and does the same', async () => {
    const bench = new Bench(0);
    bench.put(2000, 0);
    await bench.clock.advance(0);
    expect(bench.sent).toEqual([]);
    await bench.settle();
    expect(bench.count('twice')).toBe(2000);
    expect(bench.sent).toHaveLength(2000);
    // A pause at least for each series that is written and for each alert, where slices have no length.
    expect(bench.turns).toBeGreaterThan(4000);
    expect(bench.manager.groups()[0]?.rules.map(({ health }) => health)).toEqual(['ok', 'ok']);
  });

  it('looks again at what changed meanwhile', async () => {
    const bench = new Bench(0);
    bench.put(10, 1);
    await bench.clock.advance(0);
    await bench.turn();
    await bench.clock.advance(1);
    bench.put(10, 0);
    bench.manager.inputsChanged([{ __name__: 'up', instance: '1' }], 'c1');
    await bench.clock.advance(1);
    expect(bench.sent).toEqual([]);
    await bench.settle();
    await bench.clock.advance(1000);
    await bench.settle();
    expect(bench.sent).toHaveLength(10);
  });

  it('counts the ticks that come meanwhile as missed, and leaves them', async () => {
    const bench = new Bench(0);
    bench.put(10, 0);
    await bench.clock.advance(0);
    await bench.turn();
    await bench.clock.advance(2 * minute);
    expect(bench.manager.groups()[0]?.missed).toBe(2);
    await bench.settle();
    expect(bench.sent).toHaveLength(10);
  });

  it('is dropped when other rules take the place of these', async () => {
    const bench = new Bench(0);
    bench.put(10, 0);
    await bench.clock.advance(0);
    await bench.turn();
    bench.load(rules.replace('twice', 'thrice').replace('up * 2', 'up * 3').replace('== 0', '== 7'));
    await bench.settle();
    expect(bench.count('twice')).toBe(0);
    expect(bench.sent).toEqual([]);
    await bench.clock.advance(1);
    await bench.settle();
    expect(bench.count('thrice')).toBe(10);
  });
});
