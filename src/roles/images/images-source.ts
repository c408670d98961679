import type { ImagesSource } from '../../api/skopos/images.ts';
import type {
  ImageDetailJson,
  ImageJson,
  ImageSeverity,
  ImagesJson,
  ImageVulnerabilityJson,
} from '../../api/skopos/images-contract.ts';
import type { VulnerabilityDatabase } from '../../images/database/vulnerability-database.ts';
import type { FindingStore } from '../../images/live/finding-store.ts';
import { type ImageEntry, imageStates, stateOf } from '../../images/live/image-entries.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageStore } from '../../images/live/image-store.ts';
import { type ImageFinding, type KeptMatch, statusOf } from '../../images/live/live-image.ts';
import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';

export interface ImagesSourceParts {
  readonly live: LiveImages;
  readonly images: ImageStore;
  readonly findings: FindingStore;
  readonly database: VulnerabilityDatabase;
  readonly newSinceMs: () => number;
}

/** Where no images are scanned. */
export const noImages: ImagesSource = {
  images: () => ({
    enabled: false,
    items: [],
    total: 0,
    states: countStates([]),
    data: { state: 'missing', problem: '', builtAtMs: 0 },
  }),
  image: () => undefined,
};

/** Images as our own API tells of them. */
export function imagesSource({
  live,
  images,
  findings,
  database,
  newSinceMs,
}: ImagesSourceParts): ImagesSource {
  return {
    images({ states, namespaces, text, offset, limit }) {
      const all = [...live.entries()].map(imageJson);
      const items = all
        .filter(({ state }) => states.length === 0 || states.includes(state))
        .filter(
          ({ workloads }) =>
            namespaces.length === 0 || workloads.some(({ namespace }) => namespaces.includes(namespace)),
        )
        .filter(({ reference, names, digest = '' }) =>
          [reference, digest, ...names].some((one) => one.includes(text)),
        )
        .sort(worstFirst);
      const { state, problem = '', builtAtMs } = database.status();
      return {
        enabled: true,
        items: items.slice(offset, offset + limit),
        total: items.length,
        states: countStates(all),
        data: { state, problem, builtAtMs },
      };
    },
    image(digest): ImageDetailJson | undefined {
      const result = images.result(digest);
      if (result === undefined) return undefined;
      const { state, reasons, matchedAtMs, ignored, matches } = result;
      const entries = [...live.entries()].filter((entry) => entry.digest === digest);
      const [first] = entries;
      const known = new Map(
        (first === undefined ? [] : findings.of(first.named.repository)).map((one) => [findingKey(one), one]),
      );
      const vulnerabilities = [...matches]
        .sort((a, b) => b.risk - a.risk || (a.id < b.id ? -1 : 1))
        .map((match) => vulnerabilityJson(match, known.get(matchKey(match)), newSinceMs()));
      const uses = entries.map(imageJson);
      return { digest, uses, state, reasons, matchedAtMs, ignored, vulnerabilities };
    },
  };
}

function imageJson(entry: Readonly<ImageEntry>): ImageJson {
  const { named, uses, digest, summary, problem } = entry;
  const vulnerabilities = noCounts();
  let knownExploited = 0;
  for (const tally of summary?.tallies ?? []) {
    const counts = vulnerabilities[word(tally.severity)];
    counts.all += tally.count;
    if (tally.fixable) counts.fixable += tally.count;
    if (tally.knownExploited) knownExploited += tally.count;
  }
  const workloads = new Map(
    uses.map(({ workload: { namespace, kind, name }, container }) => [
      JSON.stringify([namespace, kind, name, container]),
      { namespace, kind, name, container },
    ]),
  );
  return {
    ...named,
    names: [...new Set(uses.map(({ image }) => image))],
    ...(digest === undefined ? {} : { digest }),
    state: stateOf(entry),
    reasons: [...(problem === '' ? [] : [problem]), ...(summary?.reasons ?? [])],
    packages: summary?.packages ?? 0,
    vulnerabilities,
    knownExploited,
    ...(summary === undefined ? {} : { matchedAtMs: summary.matchedAtMs }),
    workloads: [...workloads.values()],
  };
}

function noCounts(): Record<ImageSeverity, { all: number; fixable: number }> {
  const none = () => ({ all: 0, fixable: 0 });
  return {
    ...{ critical: none(), high: none(), medium: none() },
    ...{ low: none(), negligible: none(), unknown: none() },
  };
}

function countStates(all: readonly ImageJson[]): ImagesJson['states'] {
  const count = (state: ImageJson['state']): number => all.filter((one) => one.state === state).length;
  return Object.fromEntries(imageStates.map((state) => [state, count(state)])) as ImagesJson['states'];
}

function worstFirst(
  { vulnerabilities: a, ...one }: ImageJson,
  { vulnerabilities: b, ...other }: ImageJson,
): number {
  return (
    b.critical.all - a.critical.all || b.high.all - a.high.all || (one.reference < other.reference ? -1 : 1)
  );
}

function word(severity: VulnerabilitySeverity): ImageSeverity {
  return severity.toLowerCase() as ImageSeverity;
}

function findingKey({ vulnerability, packageType, packageName }: ImageFinding): string {
  return JSON.stringify([vulnerability, packageType, packageName]);
}

function matchKey({ id, package: { type, name } }: KeptMatch): string {
  return JSON.stringify([id, type, name]);
}

function vulnerabilityJson(
  match: KeptMatch,
  finding: ImageFinding | undefined,
  newSinceMs: number,
): ImageVulnerabilityJson {
  return {
    ...match,
    severity: word(match.severity),
    ...(finding === undefined
      ? {}
      : { status: statusOf(finding, newSinceMs), firstSeenMs: finding.firstSeenMs }),
  };
}
