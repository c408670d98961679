import { parseMatchers } from '../alerting/parse-matchers.ts';
import type { TimeInterval } from '../alerting/time-interval.ts';
import { parseWindows, windowJson } from '../alerting/window-json.ts';
import type { FrameworkScoreJson, OverviewJson } from '../api/skopos/contract.ts';
import type { SkoposSource } from '../api/skopos/source.ts';
import { liveIndex } from '../kit/live-index.ts';
import type { Labels } from '../model/labels.ts';
import type { VerdictState } from '../model/verdict.ts';
import { markEvidence } from '../posture/fix-patch.ts';
import { redactObject } from '../posture/redact.ts';
import { controlScores, frameworkScore } from '../posture/scores.ts';
import { clusterMapReader } from './cluster-map-reader.ts';
import type { Embedded } from './embedded.ts';
import { objectInfo } from './object-info.ts';
import { postureReader } from './posture-reader.ts';
import { relationsReader } from './relations-reader.ts';
import { version } from './version.ts';

const dayMs = 86_400_000;
/** Points of a trend, and how far apart. */
const trendPoints = 60;

/** The running process as our own API sees it. */
export function skoposSource(embedded: Embedded): SkoposSource {
  const { choice, config, clock, cluster, engine, findings, inventory, ledger, posture, framework } =
    embedded;
  const controlNamed = liveIndex(posture.controls, ({ id }) => id);
  const folder = choice.kind === 'folder' ? choice.folder : undefined;
  return {
    cluster,
    version,
    startedAtMs: embedded.startedAtMs,
    clock,
    externalLabels: embedded.externalLabels,
    newSinceMs: () => clock.now() - config.posture.new_for,
    sourceInfo: () => ({
      kind: choice.kind,
      name: choice.kind === 'folder' ? choice.folder : cluster,
      objects: inventory.size,
    }),
    findings,
    ledger,
    router: embedded.router,
    exceptions: embedded.exceptionBook,
    parseMatchers,
    parseWindows,
    windowJson: (windows: readonly TimeInterval[]) => windows.map(windowJson),
    valuesOf: (expr, labels, startMs, endMs) => valuesOf(embedded, expr, labels, startMs, endMs),
    rules: embedded.rules,
    inbox: embedded.inbox,
    drills: embedded.drills,
    frameworks() {
      const scores = controlScores(posture.controls, engine.counts());
      return framework.map(
        (of): FrameworkScoreJson => ({ ...frameworkScore(of, scores), trend: trendOf(embedded, of.name) }),
      );
    },
    verdictTotals() {
      const totals: Record<VerdictState, number> = {
        pass: 0,
        fail: 0,
        unknown: 0,
        excepted: 0,
        'not-applicable': 0,
      };
      for (const { states } of engine.counts())
        for (const state of Object.keys(totals) as VerdictState[]) totals[state] += states[state];
      return totals satisfies OverviewJson['verdicts'];
    },
    posture: postureReader(embedded),
    clusterMap: clusterMapReader(embedded),
    relations: relationsReader(inventory),
    parts: embedded.parts,
    control(id) {
      const control = controlNamed(id);
      if (control === undefined) return undefined;
      const { name, category, why, fix } = control;
      return {
        name,
        category,
        why,
        fix,
        frameworks: framework.filter((of) => of.controlIds.includes(id)).map((of) => of.name),
      };
    },
    objectOf: (ref) => objectInfo(inventory, ref, folder),
    redact: redactObject,
    mark: markEvidence,
    onChanged: embedded.onChanged,
  };
}

/** How many values of an expression are shown. */
const valuePoints = 120;

/** Of the series that an expression gives, the first that has the labels. */
function valuesOf(
  { queries, store }: Embedded,
  expr: string,
  labels: Labels,
  startMs: number,
  endMs: number,
): [atMs: number, value: number][] {
  const stepMs = Math.max(1000, Math.ceil((endMs - startMs) / valuePoints));
  const result = queries.range(store, expr, startMs, endMs, stepMs);
  if (result.type !== 'matrix') return [];
  const own = result.series.find((series) =>
    Object.entries(labels).every(([name, value]) => (series.labels[name] ?? '') === value),
  );
  return own === undefined
    ? []
    : Array.from(own.timesMs, (atMs, i): [number, number] => [atMs, own.values[i] ?? 0]);
}

/** The compliance score of the last day, read back from the store; empty while there is none. */
function trendOf({ queries, store, clock }: Embedded, name: string): [atMs: number, compliance: number][] {
  const endMs = clock.now();
  const startMs = Math.max(endMs - dayMs, store.stats().minMs ?? endMs);
  const expr = `kubescape_framework_complianceScore{name=${JSON.stringify(name)}}`;
  const result = queries.range(
    store,
    expr,
    startMs,
    endMs,
    Math.max(1000, Math.ceil((endMs - startMs) / (trendPoints - 1))),
  );
  if (result.type !== 'matrix') return [];
  return result.series
    .flatMap(({ timesMs, values }) =>
      Array.from(timesMs, (atMs, i): [number, number] => [atMs, values[i] ?? 0]),
    )
    .slice(-trendPoints);
}
