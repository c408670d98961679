import { messageOf } from '../../kit/app-error.ts';
import { formatDuration } from '../../kit/duration.ts';
import { silentLogger } from '../../log/logger.ts';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import { formatLabels, type Labels, labelsKey } from '../../model/labels.ts';
import { formatSampleValue } from '../../promql/format-number.ts';
import { parseHistogram } from '../../promql/histogram/notation.ts';
import { equalHistograms } from '../../promql/histogram/scale.ts';
import { formatHistogram } from '../../promql/histogram/text.ts';
import { MemorySeries } from '../../promql/memory-series.ts';
import { type NotedValue, parseSeriesLabels, parseSeriesValues } from '../../promql/series-notation.ts';
import type { Evaluate, EvaluatedSample } from '../evaluate.ts';
import type { RuleFile } from '../rule-file.ts';
import { RuleGroup } from '../rule-group.ts';
import type { AlertTest, ExprTest, RuleTest, RuleTestFile } from './test-file.ts';

interface TestContext {
  readonly testFile: RuleTestFile;
  readonly ruleFiles: readonly RuleFile[];
  readonly evaluate: Evaluate;
}

/** Runs one test of a file: loads its series, evaluates all groups at each interval, and compares. Returns what differs. */
export function runRuleTest(test: RuleTest, context: TestContext): string[] {
  const { testFile, evaluate } = context;
  const store = new MemorySeries();
  const startMs = test.start_timestamp;
  try {
    loadInput(test, testFile.evaluation_interval, store);
  } catch (error) {
    return [messageOf(error)];
  }
  const groups = makeGroups(test, context, store);
  const failures: string[] = [];
  const lastMs = Math.max(
    0,
    ...[...test.alert_rule_test, ...test.promql_expr_test].map((one) => one.eval_time),
  );
  const errors = new Set<string>();
  for (let elapsedMs = 0; elapsedMs <= lastMs; elapsedMs += testFile.evaluation_interval) {
    for (const group of groups) group.evaluate(startMs + elapsedMs, []);
    for (const problem of groups.flatMap(problemsOf)) errors.add(problem);
    for (const expected of test.alert_rule_test) {
      if (expected.eval_time < elapsedMs || expected.eval_time >= elapsedMs + testFile.evaluation_interval)
        continue;
      failures.push(...compareAlerts(expected, groups));
    }
  }
  for (const expected of test.promql_expr_test) {
    try {
      const samples = evaluate(store, expected.expr, startMs + expected.eval_time);
      failures.push(...compareSamples(expected, samples, testFile.fuzzy_compare));
    } catch (error) {
      failures.push(
        `expr ${JSON.stringify(expected.expr)}, time ${formatDuration(expected.eval_time)}: ${messageOf(error)}`,
      );
    }
  }
  return [...errors, ...failures];
}

function loadInput(test: RuleTest, defaultIntervalMs: number, store: MemorySeries): void {
  const intervalMs = test.interval ?? defaultIntervalMs;
  for (const { series, values } of test.input_series) {
    const labels = parseSeriesLabels(series);
    for (const [i, noted] of parseSeriesValues(values).entries()) {
      const atMs = test.start_timestamp + i * intervalMs;
      if (noted.kind !== 'none') store.append([{ labels, atMs, value: storedValue(noted) }]);
    }
  }
}

function storedValue(
  noted: Exclude<NotedValue, { readonly kind: 'none' }>,
): number | 'stale' | FloatHistogram {
  if (noted.kind === 'stale') return 'stale';
  return noted.kind === 'histogram' ? noted.histogram : noted.value;
}

function makeGroups(
  test: RuleTest,
  { testFile, ruleFiles, evaluate }: TestContext,
  store: MemorySeries,
): RuleGroup[] {
  const around = {
    clock: { now: () => 0, timer: () => () => {} },
    log: silentLogger,
    evaluate,
    store,
    append: (batch: Parameters<MemorySeries['append']>[0]) => store.append(batch),
    send: () => {},
    ledger: () => {},
    externalLabels: test.external_labels,
    externalURL: test.external_url,
    resendDelayMs: 60_000,
    outageToleranceMs: 0,
    forGracePeriodMs: 0,
    // Nothing was before the test, so nothing is restored.
    startedMs: Number.NEGATIVE_INFINITY,
  };
  const order = testFile.group_eval_order;
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return ruleFiles
    .flatMap(({ path, groups }) =>
      groups.map((spec) => {
        const settings = {
          file: path,
          intervalMs: testFile.evaluation_interval,
          offsetMs: spec.queryOffsetMs ?? 0,
        };
        return new RuleGroup(spec, settings, around);
      }),
    )
    .sort((a, b) => rank(a.spec.name) - rank(b.spec.name));
}

function problemsOf(group: RuleGroup): string[] {
  return group
    .status()
    .rules.filter(({ lastError }) => lastError !== undefined)
    .map(({ spec, lastError }) => `rule ${spec.name} (${spec.place.file}:${spec.place.line}): ${lastError}`);
}

function compareAlerts(expected: AlertTest, groups: readonly RuleGroup[]): string[] {
  const got = groups
    .flatMap((group) => group.status().rules)
    .flatMap(({ spec, alerts }) => (spec.name === expected.alertname ? alerts : []))
    .filter(({ state }) => state === 'firing')
    .map(({ labels, annotations }) => alertText(labels, annotations))
    .sort();
  const wanted = expected.exp_alerts
    .map(({ exp_labels, exp_annotations }) =>
      alertText({ ...exp_labels, alertname: expected.alertname }, exp_annotations),
    )
    .sort();
  const where = `alertname: ${expected.alertname}, time: ${formatDuration(expected.eval_time)}`;
  return difference(where, wanted, got);
}

/** A label or annotation without a value is one that is not there. */
function alertText(labels: Labels, annotations: Labels): string {
  const given = Object.entries(labels).filter(([, value]) => value !== '');
  return `Labels:${formatLabels(Object.fromEntries(given))} Annotations:${formatLabels(annotations)}`;
}

function compareSamples(expected: ExprTest, samples: ReturnType<Evaluate>, isFuzzy: boolean): string[] {
  const where = `expr: ${JSON.stringify(expected.expr)}, time: ${formatDuration(expected.eval_time)}`;
  const got = new Map(samples.map((sample) => [labelsKey(sample.labels), sample]));
  const wanted = expected.exp_samples.map(
    ({ labels, value, histogram }): EvaluatedSample => ({
      labels: parseSeriesLabels(labels),
      value,
      ...(histogram === undefined ? {} : { histogram: parseHistogram(histogram).histogram }),
    }),
  );
  const isSame =
    wanted.length === samples.length &&
    wanted.every((sample) => isSameSample(got.get(labelsKey(sample.labels)), sample, isFuzzy));
  return isSame ? [] : difference(where, wanted.map(sampleText).sort(), samples.map(sampleText).sort());
}

/** Of histograms what is known of resets is compared too: nothing is known where the text says nothing. */
function isSameSample(
  found: EvaluatedSample | undefined,
  wanted: EvaluatedSample,
  isFuzzy: boolean,
): boolean {
  if (found === undefined) return false;
  const [a, b] = [found.histogram, wanted.histogram];
  if (a === undefined || b === undefined) return a === b && isEqual(found.value, wanted.value, isFuzzy);
  return a.counterReset === b.counterReset && equalHistograms(a, b);
}

function sampleText({ labels, value, histogram }: EvaluatedSample): string {
  const text = histogram === undefined ? formatSampleValue(value) : formatHistogram(histogram);
  return `${formatLabels(labels)} ${text}`;
}

function isEqual(a: number, b: number, isFuzzy: boolean): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  // A difference in the last bit of the mantissa.
  return isFuzzy && Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * Number.EPSILON;
}

function difference(where: string, wanted: readonly string[], got: readonly string[]): string[] {
  if (wanted.length === got.length && wanted.every((text, i) => text === got[i])) return [];
  const list = (texts: readonly string[]) =>
    texts.length === 0 ? ' []' : texts.map((text) => `\n      ${text}`).join('');
  return [`${where}\n    exp:${list(wanted)}\n    got:${list(got)}`];
}
