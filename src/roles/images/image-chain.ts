import type { FindingChanges } from '../../images/live/finding-store.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import { type ImageFinding, isOpen } from '../../images/live/live-image.ts';
import type { ScanReport } from '../../images/live/live-options.ts';
import { newCause } from '../../kit/cause.ts';
import type { Clock } from '../../kit/clock.ts';
import { formatLabels, type Labels } from '../../model/labels.ts';
import type { Ledger } from '../../model/ledger.ts';
import { formatRef, type ObjectRef } from '../../model/object.ts';
import type { TimeSeriesStore } from '../../tsdb/store.ts';
import { findingLabels, mostNewSeries, newFamily } from './image-metrics.ts';

export interface ImageChainDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly store: Pick<TimeSeriesStore, 'append'>;
  /** `RuleManager.inputsChanged`. */
  readonly inputsChanged: (series: readonly Labels[], cause: string) => void;
  /** Since when a finding counts as new, Unix ms. */
  readonly newSinceMs: () => number;
}

/** Rows of the ledger for findings of one change; the rest is told by their number. */
const mostRows = 200;
/** Workloads that a row names. */
const mostNamed = 5;

const decisions = {
  new: 'opened',
  fixed: 'fixed',
  ignored: 'ignored',
  returned: 'reappeared',
} as const satisfies Record<keyof FindingChanges, string>;

/**
 * The chain from images on: what is found becomes rows of the ledger and series at once, and wakes the rules that read them, so that
 * a page can be followed back to the change that brought it.
 */
export class ImageChain {
  readonly #deps: ImageChainDeps;

  constructor(deps: ImageChainDeps) {
    this.#deps = deps;
  }

  /** What images are judged by is other than before. @returns the cause of all that follows from it */
  inputChanged(subject: string, decision: string, detail: Readonly<Record<string, unknown>>): string {
    const atMs = this.#deps.clock.now();
    const cause = newCause(atMs);
    this.#deps.ledger({ atMs, cause, hop: 'change', subject, decision, detail });
    return cause;
  }

  scanned({ named, cause, outcome, summary, problem, durationMs }: ScanReport): void {
    const { reference, platform } = named;
    const facts =
      summary === undefined
        ? { problem }
        : {
            digest: summary.digest,
            packages: summary.packages,
            vulnerabilities: summary.tallies.reduce((sum, { count }) => sum + count, 0),
            ...(summary.reasons.length === 0 ? {} : { reason: summary.reasons[0] }),
          };
    this.#deps.ledger({
      atMs: this.#deps.clock.now(),
      cause,
      hop: 'verdict',
      subject: `image:${reference}`,
      decision: summary?.state ?? 'unknown',
      detail: { image: reference, platform, scan: outcome, tookMs: Math.round(durationMs), ...facts },
    });
  }

  found(repository: string, changes: FindingChanges, cause: string, live: Pick<LiveImages, 'entries'>): void {
    const workloads = workloadsOf(repository, live);
    this.#tell(changes, cause, workloads);
    this.#write(changes, cause, workloads);
  }

  #tell(changes: FindingChanges, cause: string, workloads: readonly ObjectRef[]): void {
    const atMs = this.#deps.clock.now();
    const all = Object.entries(changes).flatMap(([kind, findings]) =>
      (findings as readonly ImageFinding[]).map((finding) => ({
        decision: decisions[kind as keyof FindingChanges],
        finding,
      })),
    );
    for (const { decision, finding } of all.slice(0, mostRows))
      this.#deps.ledger({
        atMs,
        cause,
        hop: 'finding',
        subject: `image:${finding.repository} ${finding.vulnerability} ${finding.packageName}`,
        decision,
        detail: {
          vulnerability: finding.vulnerability,
          severity: finding.severity.toLowerCase(),
          repository: finding.repository,
          package: `${finding.packageName} ${finding.installed}`,
          fixedIn: finding.fixedIn,
          ...(finding.ignored === undefined
            ? {}
            : { ignoredBy: finding.ignored.by, reason: finding.ignored.reason }),
          workloads: workloads.slice(0, mostNamed).map(formatRef),
          ...(all.length > mostRows ? { ofChanges: all.length } : {}),
        },
      });
  }

  /** The samples that the next round of our own series would bring as well. */
  #write(changes: FindingChanges, cause: string, workloads: readonly ObjectRef[]): void {
    const { store, inputsChanged, ledger, clock, newSinceMs } = this.#deps;
    const atMs = clock.now();
    const sinceMs = newSinceMs();
    // No more findings than have room are looked at: a renewal of the data may change thousands that run in hundreds of places.
    const updates = Object.values(changes)
      .flat()
      .filter(({ isBaseline, firstSeenMs }) => !isBaseline && firstSeenMs >= sinceMs)
      .slice(0, Math.ceil(mostNewSeries / Math.max(1, workloads.length)))
      .flatMap((finding) =>
        workloads.map((workload) => ({
          labels: { __name__: newFamily, ...findingLabels(finding, workload) },
          atMs,
          value: isOpen(finding) ? 1 : ('stale' as const),
        })),
      )
      .slice(0, mostNewSeries);
    if (updates.length === 0) return;
    const result = store.append(updates);
    ledger({
      atMs,
      cause,
      hop: 'series',
      subject: formatLabels(updates[0]?.labels ?? {}),
      decision: result.appended === updates.length ? 'written' : 'refused',
      detail: { samples: updates.length, ...(result.appended < updates.length ? { ...result } : {}) },
    });
    inputsChanged(
      updates.map(({ labels }) => labels),
      cause,
    );
  }
}

function workloadsOf(repository: string, live: Pick<LiveImages, 'entries'>): readonly ObjectRef[] {
  const all = new Map<string, ObjectRef>();
  for (const { named, uses } of live.entries())
    if (named.repository === repository)
      for (const { workload } of uses) all.set(JSON.stringify(workload), workload);
  return [...all.values()];
}
