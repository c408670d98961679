import type { FindingChange } from '../../model/finding.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { VerdictState } from '../../model/verdict.ts';
import type { ControlCounts, VerdictChange } from '../../posture/engine-types.ts';
import { controlScores, type FrameworkControls, frameworkScore } from '../../posture/scores.ts';
import type { FindingControl } from '../findings.ts';
import { FindingSeries, type FindingSource } from './finding-series.ts';
import type { SeriesUpdate } from './series-update.ts';

/** What these series ask of the posture engine; `PostureEngine` is one. */
export interface CountSource {
  counts(): Iterable<ControlCounts>;
  countsAt(controlId: string, namespace: string): ControlCounts | undefined;
}

export interface NativeSeriesOptions {
  readonly engine: CountSource;
  readonly findings: FindingSource;
  readonly controls: readonly FindingControl[];
  readonly frameworks: readonly FrameworkControls[];
  /** For how long a finding that is no baseline counts as new; 24 h when left out. */
  readonly newForMs?: number;
  /** How many series there may be of findings; 10,000 when left out. */
  readonly limit?: number;
  readonly now: () => number;
}

const resources = 'skopos_control_resources';
const score = 'skopos_framework_score';
const success = 'skopos_last_success_timestamp_seconds';

/**
 * Skopos' own series of findings and posture, from live state. {@link collect} serves scrapes; the updates that the other
 * functions return are the same series, to be written at once when something happens.
 */
export class NativeSeries {
  readonly #options: NativeSeriesOptions;
  readonly #findings: FindingSeries;
  readonly #successMs = new Map<string, number>();
  readonly #scores = new Map<string, number>();

  constructor(options: NativeSeriesOptions) {
    this.#options = options;
    this.#findings = new FindingSeries(options);
  }

  /** Reads everything anew: once at the start, after the first complete look. */
  rebuild(): void {
    this.#findings.rebuild(this.#options.now());
    for (const [framework, value] of this.#frameworkScores()) this.#scores.set(framework, value);
  }

  /** Notes that a part of the chain did its work: `inventory`, `posture`, `rules`, … */
  succeeded(part: string, atMs: number): SeriesUpdate {
    this.#successMs.set(part, atMs);
    return { labels: { __name__: success, part }, value: atMs / 1000, atMs };
  }

  /** Series that are other than before because of what happened to findings. */
  ofFindings(changes: readonly FindingChange[]): SeriesUpdate[] {
    return this.#findings.apply(changes);
  }

  /** Series that are other than before because of verdicts: counts of their controls and namespaces, and scores. */
  ofVerdicts(changes: readonly VerdictChange[], atMs: number): SeriesUpdate[] {
    const touched = new Map<string, readonly [controlId: string, namespace: string]>();
    for (const { verdict, before, removed, drill } of changes) {
      if (drill !== undefined || (removed !== true && before === verdict.state)) continue;
      const { controlId, object } = verdict;
      touched.set(`${controlId}/${object.namespace}`, [controlId, object.namespace]);
    }
    const updates = [...touched.values()].flatMap((at) => this.#countUpdates(...at, atMs));
    if (touched.size > 0) updates.push(...this.#scoreUpdates(atMs));
    return updates;
  }

  /** Ends the series of findings that are no longer new. */
  expire(): SeriesUpdate[] {
    return this.#findings.expire(this.#options.now());
  }

  /** Unix ms of the next {@link expire} that has something to do; undefined when none will. */
  get nextExpiryMs(): number | undefined {
    return this.#findings.nextExpiryMs;
  }

  /** A `Collector`. */
  readonly collect = (): Iterable<MetricFamily> => this.#families();

  *#families(): Generator<MetricFamily, void, undefined> {
    yield {
      name: resources,
      help: 'Objects by what a control says of them.',
      type: 'gauge',
      samples: [...this.#options.engine.counts()].flatMap((row) =>
        shownStates(row).map((status) => ({
          name: resources,
          labels: resourceLabels(row, status),
          value: row.states[status],
        })),
      ),
    };
    yield {
      name: score,
      help: 'Share of what should be judged that passed, as the mean of the controls, 0 to 100; what is unknown did not pass.',
      type: 'gauge',
      samples: this.#frameworkScores().map(([framework, value]) => ({
        name: score,
        labels: { framework },
        value,
      })),
    };
    yield {
      name: success,
      help: 'When a part of the chain last did its work, in Unix time.',
      type: 'gauge',
      samples: [...this.#successMs].map(([part, atMs]) => ({
        name: success,
        labels: { part },
        value: atMs / 1000,
      })),
    };
    yield* this.#findings.families(this.#options.now());
  }

  #countUpdates(controlId: string, namespace: string, atMs: number): SeriesUpdate[] {
    const row = this.#options.engine.countsAt(controlId, namespace) ?? this.#emptyRow(controlId, namespace);
    const shown = shownStates(row);
    return states.map((status) => ({
      labels: { __name__: resources, ...resourceLabels(row, status) },
      value: shown.includes(status) ? row.states[status] : undefined,
      atMs,
    }));
  }

  /** Of a namespace that is gone: its series end. */
  #emptyRow(controlId: string, namespace: string): ControlCounts {
    const control = this.#options.controls.find(({ id }) => id === controlId);
    const [scored] = control === undefined ? [] : controlScores([control], []);
    return {
      controlId,
      control: control?.name ?? controlId,
      severity: scored?.severity ?? 'unknown',
      namespace,
      missing: 0,
      states: { pass: 0, fail: 0, unknown: 0, excepted: 0, 'not-applicable': 0 },
    };
  }

  #scoreUpdates(atMs: number): SeriesUpdate[] {
    const now = new Map(this.#frameworkScores());
    const updates: SeriesUpdate[] = [];
    for (const framework of new Set([...now.keys(), ...this.#scores.keys()])) {
      const value = now.get(framework);
      if (value === this.#scores.get(framework)) continue;
      updates.push({ labels: { __name__: score, framework }, value, atMs });
      if (value === undefined) this.#scores.delete(framework);
      else this.#scores.set(framework, value);
    }
    return updates;
  }

  #frameworkScores(): (readonly [framework: string, honest: number])[] {
    const { controls, engine, frameworks } = this.#options;
    const scores = controlScores(controls, engine.counts());
    return frameworks.flatMap((framework) => {
      const { honest } = frameworkScore(framework, scores);
      return honest === undefined ? [] : [[framework.name, honest] as const];
    });
  }
}

const states: readonly VerdictState[] = ['pass', 'fail', 'unknown', 'excepted', 'not-applicable'];

/** The three that rules ask for are shown when they are 0, the others are not; none are when nothing is there at all. */
function shownStates({ states: counts }: ControlCounts): readonly VerdictState[] {
  if (states.every((state) => counts[state] === 0)) return [];
  return states.filter((state) => counts[state] > 0 || (state !== 'excepted' && state !== 'not-applicable'));
}

function resourceLabels({ controlId, control, severity, namespace }: ControlCounts, status: VerdictState) {
  return { control_id: controlId, control, severity, status, namespace };
}
