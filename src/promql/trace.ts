import type { Expr } from './ast.ts';
import { absent, type Grid, type Value } from './column.ts';
import { formatExpr } from './format.ts';
import type { ExplainNode } from './query-options.ts';

interface OpenNode {
  readonly expr: Expr;
  readonly startedAtMs: number;
  readonly children: ExplainNode[];
  readSeries: number;
  readSamples: number;
  /** What the parts below gave. */
  series: number;
  samples: number;
}

/** Notes what each part of a query does while it is evaluated. */
export class Trace {
  readonly #now: () => number;
  readonly #open: OpenNode[] = [];
  #root: ExplainNode | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  get root(): ExplainNode | undefined {
    return this.#root;
  }

  enter(expr: Expr): OpenNode {
    const node: OpenNode = {
      expr,
      startedAtMs: this.#now(),
      children: [],
      readSeries: 0,
      readSamples: 0,
      series: 0,
      samples: 0,
    };
    this.#open.push(node);
    return node;
  }

  /** What the part that is being evaluated has read of the store; of `selector` where that is a part without a value. */
  read(series: number, samples: number, selector?: Expr): void {
    const node = this.#open.at(-1);
    if (node === undefined) return;
    node.readSeries += series;
    node.readSamples += samples;
    if (selector !== undefined)
      node.children.push({
        expression: formatExpr(selector),
        kind: 'range selector',
        detail: 'read while the windows slide; its time is in the part above',
        seriesIn: series,
        samplesIn: samples,
        seriesOut: series,
        samplesOut: samples,
        ms: 0,
        children: [],
      });
  }

  leave(node: OpenNode, value: Value, grid: Grid): void {
    this.#open.pop();
    const { series, samples } = sizeOf(value, grid);
    const done: ExplainNode = {
      expression: formatExpr(node.expr),
      kind: kindOf(node.expr),
      detail: detailOf(node.expr, grid),
      seriesIn: node.readSeries + node.series,
      samplesIn: node.readSamples + node.samples,
      seriesOut: series,
      samplesOut: samples,
      ms: this.#now() - node.startedAtMs,
      children: node.children,
    };
    const above = this.#open.at(-1);
    if (above === undefined) this.#root = done;
    else {
      above.children.push(done);
      above.series += series;
      above.samples += samples;
    }
  }
}

function sizeOf(value: Value, { steps }: Grid): { readonly series: number; readonly samples: number } {
  if (value.kind === 'string') return { series: 0, samples: 0 };
  if (value.kind === 'scalar') return { series: 1, samples: steps };
  let samples = 0;
  for (const { present } of value.columns) for (const state of present) if (state !== absent) samples++;
  return { series: value.columns.length, samples };
}

function kindOf(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return 'literal';
    case 'paren':
      return 'parentheses';
    case 'unary':
    case 'binary':
      return `operator ${expr.op}`;
    case 'aggregate':
      return `aggregation ${expr.op}`;
    case 'call':
      return `function ${expr.name}`;
    case 'selector':
      return 'selector';
    case 'matrix':
      return 'range selector';
    case 'subquery':
      return 'subquery';
  }
}

function detailOf(expr: Expr, { steps }: Grid): string {
  const details: string[] = [];
  if (expr.kind === 'selector' && expr.at !== undefined) details.push('pinned by @: read once');
  if (expr.kind === 'call' && expr.args.some(({ kind }) => kind === 'matrix' || kind === 'subquery'))
    details.push(steps > 1 ? `windows slide over ${steps} steps` : 'one window');
  if (expr.kind === 'binary' && expr.matching.card !== 'one-to-one') details.push(expr.matching.card);
  if (expr.kind === 'aggregate' && expr.grouping.length > 0)
    details.push(`${expr.without ? 'without' : 'by'} ${expr.grouping.join(', ')}`);
  return details.join('; ');
}
