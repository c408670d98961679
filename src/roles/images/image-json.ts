import type { ImageJson, ImageSeverity, ImageWorkloadJson } from '../../api/skopos/images-contract.ts';
import { type ImageEntry, stateOf } from '../../images/live/image-entries.ts';
import type { ImageSummary, ImageUse } from '../../images/live/live-image.ts';
import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';

export function severityWord(severity: VulnerabilitySeverity): ImageSeverity {
  return severity.toLowerCase() as ImageSeverity;
}

export type SeverityCounts = Record<ImageSeverity, { all: number; fixable: number }>;

export function noCounts(): SeverityCounts {
  const none = () => ({ all: 0, fixable: 0 });
  return {
    ...{ critical: none(), high: none(), medium: none() },
    ...{ low: none(), negligible: none(), unknown: none() },
  };
}

/** @param heldBecause why it is not looked at, while that is so */
export function imageJson(entry: Readonly<ImageEntry>, heldBecause = ''): ImageJson {
  const { named, uses, digest, summary, problem, progress } = entry;
  const { reference, platform, repository } = named;
  const state = stateOf(entry);
  const held = state === 'waiting' ? heldBecause : '';
  return {
    ...{ id: digest ?? reference, reference, platform, repository, state },
    names: [...new Set(uses.map(({ image }) => image))],
    ...(digest === undefined ? {} : { digest }),
    reasons: [problem, held, ...(summary?.reasons ?? [])].filter((reason) => reason !== ''),
    ...(summary === undefined ? nothingKnown() : knownOf(summary)),
    ...(progress === undefined ? {} : { progress }),
    workloads: workloadsOf(uses),
  };
}

type Known = Pick<
  ImageJson,
  | ('packages' | 'vulnerabilities' | 'knownExploited' | 'ignored' | 'risk' | 'sizeBytes' | 'distribution')
  | ('matchedAtMs' | 'builtAtMs')
>;

function nothingKnown(): Known {
  const none = { packages: 0, knownExploited: 0, ignored: 0, risk: 0, sizeBytes: 0, distribution: '' };
  return { ...none, vulnerabilities: noCounts() };
}

function knownOf({ tallies, packages, ignored, risk, matchedAtMs, image }: ImageSummary): Known {
  const { builtAtMs, sizeBytes, distribution } = image;
  const vulnerabilities = noCounts();
  let knownExploited = 0;
  for (const tally of tallies) {
    const counts = vulnerabilities[severityWord(tally.severity)];
    counts.all += tally.count;
    if (tally.fixable) counts.fixable += tally.count;
    if (tally.knownExploited) knownExploited += tally.count;
  }
  return {
    ...{ packages, vulnerabilities, knownExploited, ignored, risk, matchedAtMs, sizeBytes, distribution },
    ...(builtAtMs === 0 ? {} : { builtAtMs }),
  };
}

/** Each container of each workload once. */
export function workloadsOf(uses: readonly ImageUse[]): ImageWorkloadJson[] {
  const all = uses.map(({ workload: { group, namespace, kind, name }, container }) => {
    const workload = { group, namespace, kind, name, container };
    return [JSON.stringify(workload), workload] as const;
  });
  return [...new Map(all).values()];
}

/** Counts by value, the most frequent first. */
export function facetsOf(values: Iterable<string>): { value: string; label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, label: value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
