import { compareTexts } from '../../kit/text-order.ts';
import type { Labels } from '../../model/labels.ts';
import type { Work } from '../../promql/evaluation.ts';
import { sortInSlices } from '../../promql/sort-series.ts';
import type { Sliced } from '../../promql/turns.ts';
import { ByteWriter } from './byte-writer.ts';
import { truncated } from './result-json.ts';

/** What a list is cut to, and whether there was more. */
export interface List {
  readonly items: readonly (string | Labels)[];
  readonly isCut: boolean;
}

/** Looking at the time costs as much as looking at a few series. */
const runLength = 64;
/** … and as much as some hundred comparisons. */
const sortWeight = 2000;

/** The first of some series; 0 is no limit. */
export function firstOf(series: Iterable<Labels>, limit: number): Sliced<List> {
  return function* (isSpent) {
    const items: Labels[] = [];
    for (const labels of series) {
      if (limit > 0 && items.length === limit) return { items, isCut: true };
      items.push(labels);
      if (items.length % runLength === 0 && isSpent()) yield;
    }
    return { items, isCut: false };
  };
}

/** The names of all labels of some series, sorted. */
export function namesOf(series: Iterable<Labels>): Sliced<readonly string[]> {
  return gathered(series, (labels, found) => {
    for (const name of Object.keys(labels)) found.add(name);
  });
}

/** The values that a label has in some series, sorted. */
export function valuesOf(name: string, series: Iterable<Labels>): Sliced<readonly string[]> {
  return gathered(series, (labels, found) => {
    const value = labels[name];
    if (value !== undefined) found.add(value);
  });
}

function gathered(
  series: Iterable<Labels>,
  gather: (labels: Labels, found: Set<string>) => void,
): Sliced<readonly string[]> {
  return function* (isSpent): Work<readonly string[]> {
    const found = new Set<string>();
    let count = 0;
    for (const labels of series) {
      gather(labels, found);
      if (++count % runLength === 0 && isSpent()) yield;
    }
    let weight = 0;
    return yield* sortInSlices([...found], compareTexts, (more) => {
      weight += more;
      if (weight < sortWeight) return false;
      weight = 0;
      return isSpent();
    });
  };
}

/** The whole body of an answer that is a list. */
export function* listPieces({ items, isCut }: List): Generator<Buffer> {
  const out = new ByteWriter();
  out.text('{"status":"success","data":[');
  let separator = '';
  for (const item of items) {
    out.text(separator + JSON.stringify(item));
    separator = ',';
    if (out.isFull) yield out.take();
  }
  out.text(']');
  if (isCut) out.text(`,"warnings":${JSON.stringify([truncated])}`);
  out.text('}');
  yield out.take();
}
