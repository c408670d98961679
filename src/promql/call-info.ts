import { compileMatcher } from '../kit/compile-matcher.ts';
import { type Labels, labelsKey, metricName } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import {
  type AtModifier,
  type Call,
  childrenOf,
  type DurationExpr,
  type Expr,
  type VectorSelector,
} from './ast.ts';
import {
  absent,
  type Column,
  copyStep,
  float,
  type Grid,
  keepLabels,
  type NewColumn,
  newColumn,
  showLabels,
  type Value,
} from './column.ts';
import { QueryFailedError } from './errors.ts';
import { columnsOf, type Evaluation, perSeries, vector, type Work } from './evaluation.ts';
import { mergeColumns } from './merge-columns.ts';
import { selectInstant } from './select-series.ts';

/** Labels that tell which target a series is about. */
const identifying = ['instance', 'job'];

/**
 * `info(v, {…})`: adds the labels of the info series (`target_info` where the selector names no other) that are about the
 * same target. Where several stand at a step, the one with the newest sample counts.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#info
 */
export function* callInfo(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [arg, selector] = call.args as readonly [Expr, VectorSelector?];
  const base = columnsOf(yield* evaluation.evaluate(arg, grid));
  const wanted = selector?.matchers ?? [];
  const written = wanted.filter(({ name }) => name === metricName);
  const names = infoNames(written);
  const data = wanted.filter(({ name }) => name !== metricName);
  const nameTests = names.map(compileMatcher);
  const isInfo = ({ labels }: Column): boolean => nameTests.every((test) => test(labels[metricName] ?? ''));
  const plain = base.filter((column) => !isInfo(column));
  const infos = yield* fetchInfos(evaluation, { plain, names, data, arg, grid });
  const enrich = new Enrichment(infos, data, grid);
  const out: Column[] = [];
  for (const column of base) {
    if (isInfo(column)) out.push(column);
    else out.push(...enrich.columns(column));
    if (evaluation.isDue(grid.steps + perSeries)) yield;
  }
  return yield* vector(evaluation, yield* mergeColumns(evaluation, out));
}

/** Which metrics are info metrics; where it is only said which are not, those whose names end as theirs do. */
function infoNames(written: readonly Matcher[]): readonly Matcher[] {
  if (written.length === 0) return [{ name: metricName, op: '=', value: 'target_info' }];
  const isPositive = written.some(({ op }) => op === '=' || op === '=~');
  return isPositive ? written : [...written, { name: metricName, op: '=~', value: '.+_info' }];
}

interface InfoSeries {
  readonly column: Column;
  /** Time of the sample that stands at each step. */
  readonly stampsMs: Float64Array;
}

function* fetchInfos(
  evaluation: Evaluation,
  options: {
    plain: readonly Column[];
    names: readonly Matcher[];
    data: readonly Matcher[];
    arg: Expr;
    grid: Grid;
  },
): Work<Map<string, InfoSeries[]>> {
  const { plain, names, data, arg, grid } = options;
  const byTarget = new Map<string, InfoSeries[]>();
  const targets = identifying.flatMap((name): Matcher[] => {
    const values = new Set(plain.flatMap(({ labels }) => labels[name] ?? []));
    return values.size === 0 ? [] : [{ name, op: '=~', value: [...values].map(escapeRegex).join('|') }];
  });
  if (targets.length === 0) return byTarget;
  const times = timeModifiers(arg);
  const selector: VectorSelector = {
    kind: 'selector',
    span: arg.span,
    name: '',
    matchers: [...names, ...targets, ...data],
    extension: undefined,
    ...times,
  };
  // Both readings come with the names kept, in the same order, so that they pair up by place.
  const stamped = yield* selectInstant(evaluation, selector, grid, 'timestamp');
  if (stamped.kind !== 'vector') return byTarget;
  const plainRead = yield* selectInstant(evaluation, selector, grid, 'value');
  const values = plainRead.kind === 'vector' ? plainRead.columns : [];
  for (const [i, column] of stamped.columns.entries()) {
    const labels = values[i]?.labels ?? column.labels;
    if (values[i]?.histograms !== undefined)
      throw new QueryFailedError(`this should be an info metric, with float samples: ${showLabels(labels)}`);
    const key = keyOf(labels[metricName] ?? '', labels);
    const list = byTarget.get(key) ?? [];
    list.push({ column: { ...column, labels }, stampsMs: column.values });
    byTarget.set(key, list);
    if (evaluation.isDue(perSeries)) yield;
  }
  return byTarget;
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function keyOf(name: string, labels: Labels): string {
  return `${name}\u00ff${labelsKey(keepLabels(labels, identifying))}`;
}

type Times = Pick<VectorSelector, 'at' | 'offset'>;

/** The time at which the first selector of an expression reads, all offsets on the way added up. */
function timeModifiers(expr: Expr): Times {
  const offsets: DurationExpr[] = [];
  let at: AtModifier | undefined;
  let node: Expr | undefined = expr;
  while (node !== undefined) {
    if (node.kind === 'selector' || node.kind === 'subquery') {
      // A pinned inner time does not move with what is around it.
      if (node.at !== undefined) {
        at = node.at;
        offsets.length = 0;
      }
      if (node.offset !== undefined) offsets.push(node.offset);
    }
    if (node.kind === 'selector') break;
    node = childrenOf(node).find(hasSelector);
  }
  const [first, ...more] = offsets;
  const offset = more.reduce<DurationExpr | undefined>(
    (left, right) =>
      left === undefined ? right : { kind: 'duration-binary', span: right.span, op: '+', left, right },
    first,
  );
  return { at, offset };
}

function hasSelector(expr: Expr): boolean {
  return expr.kind === 'selector' || childrenOf(expr).some(hasSelector);
}

class Enrichment {
  readonly #infos: Map<string, InfoSeries[]>;
  readonly #names: readonly string[];
  readonly #wanted: ReadonlySet<string>;
  readonly #required: boolean;
  readonly #steps: number;

  constructor(infos: Map<string, InfoSeries[]>, data: readonly Matcher[], grid: Grid) {
    this.#infos = infos;
    this.#names = [...new Set([...infos.keys()].map((key) => key.slice(0, key.indexOf('\u00ff'))))];
    this.#wanted = new Set(data.map(({ name }) => name));
    this.#required = data.some((matcher) => !compileMatcher(matcher)(''));
    this.#steps = grid.steps;
  }

  /** A series, cut into one for each set of labels that it gets over time. */
  columns(base: Column): readonly Column[] {
    const out = new Map<string, NewColumn>();
    const lists = this.#names.flatMap((name) => {
      const list = this.#infos.get(keyOf(name, base.labels));
      return list === undefined ? [] : [list];
    });
    let lastChoice = '';
    let target: NewColumn | undefined;
    for (let step = 0; step < this.#steps; step++) {
      if (base.present[step] === absent) continue;
      const chosen = lists.map((list) => newest(list, step));
      const choice = chosen.join();
      if (target === undefined || choice !== lastChoice) {
        lastChoice = choice;
        const found = chosen.flatMap((index, i) => {
          const info = lists[i]?.[index];
          return info === undefined ? [] : [info.column.labels];
        });
        const labels = found.length === 0 && this.#required ? undefined : this.#enriched(base.labels, found);
        target = labels === undefined ? undefined : this.#output(out, labels, base.dropName);
      }
      if (target === undefined) continue;
      copyStep(base, target, step);
    }
    return [...out.values()];
  }

  #output(out: Map<string, NewColumn>, labels: Labels, dropName: boolean): NewColumn {
    const key = labelsKey(labels);
    const known = out.get(key) ?? newColumn(labels, dropName, this.#steps);
    out.set(key, known);
    return known;
  }

  #enriched(base: Labels, found: readonly Labels[]): Labels {
    const added: Record<string, string> = {};
    for (const labels of found) {
      for (const [name, value] of Object.entries(labels)) {
        if (name === metricName || (this.#wanted.size > 0 && !this.#wanted.has(name))) continue;
        const known = added[name];
        if (known !== undefined && known !== value) throw new QueryFailedError(`conflicting label: ${name}`);
        if (base[name] === undefined) added[name] = value;
      }
    }
    return { ...base, ...added };
  }
}

/** The place of the info series whose sample at a step is the newest, -1 for none. */
function newest(list: readonly InfoSeries[], step: number): number {
  let best = -1;
  let bestMs = Number.NEGATIVE_INFINITY;
  list.forEach(({ column, stampsMs }, i) => {
    if (column.present[step] !== float) return;
    const atMs = stampsMs[step] ?? 0;
    if (atMs === bestMs)
      throw new QueryFailedError(
        'found duplicate series for info metric: two have a sample of the same time',
      );
    if (atMs < bestMs) return;
    best = i;
    bestMs = atMs;
  });
  return best;
}
