import { type Labels, metricName } from '../model/labels.ts';

/** A series got samples because of an event. */
export interface InputChange {
  readonly labels: Labels;
  readonly cause: string;
}

/**
 * Which of the changes made an alert do what it did: the one that has most labels in common with it and fewest at odds (a rule
 * may set labels of its own, so one at odds decides nothing); of equals, the latest.
 */
export function causeFor(labels: Labels, changes: readonly InputChange[]): string | undefined {
  let best: string | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const change of changes) {
    let score = 0;
    for (const [name, value] of Object.entries(change.labels)) {
      const own = labels[name];
      if (name === metricName || own === undefined) continue;
      score += own === value ? 2 : -1;
    }
    if (score < bestScore) continue;
    bestScore = score;
    best = change.cause;
  }
  return best;
}
