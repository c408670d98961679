import type { NewsFilter } from '../../api/skopos/images.ts';
import { type ImageNewsJson, newsKinds } from '../../api/skopos/images-contract.ts';
import type { ImageEntry } from '../../images/live/image-entries.ts';
import type { ImageFinding, ImageUse } from '../../images/live/live-image.ts';
import { facetsOf, severityWord, workloadsOf } from './image-json.ts';
import { namespacesOf } from './image-list.ts';
import type { ImagesSourceParts } from './images-source.ts';

type NewsItem = ImageNewsJson['items'][number];

/** Workloads of one finding that are told. */
const mostWorkloads = 20;

/** What is new, fixed or ignored since a time, the newest first. */
export function newsOf(
  filter: NewsFilter,
  { live, findings, newSinceMs }: Pick<ImagesSourceParts, 'live' | 'findings' | 'newSinceMs'>,
): ImageNewsJson {
  const sinceMs = filter.sinceMs ?? newSinceMs();
  const workloads = workloadsByRepository(live.entries());
  const all = findings.news(sinceMs).map(({ kind, finding }): NewsItem & { all: NewsItem['workloads'] } => {
    const own = workloads.get(finding.repository) ?? [];
    return { ...findingJson(finding, own), kind, atMs: atOf(kind, finding), all: own };
  });
  const tests = testsOf(filter);
  const passing = (left?: string) =>
    all.filter((one) => Object.entries(tests).every(([name, test]) => name === left || test(one)));
  const found = passing().sort((a, b) => b.atMs - a.atMs);
  const ofKinds = passing('kind');
  return {
    enabled: true,
    sinceMs,
    total: found.length,
    counts: Object.fromEntries(
      newsKinds.map((kind) => [kind, ofKinds.filter((one) => one.kind === kind).length]),
    ) as ImageNewsJson['counts'],
    facets: {
      severity: facetsOf(passing('severity').map(({ severity }) => severity)),
      namespace: facetsOf(passing('namespace').flatMap((one) => [...namespacesOf({ workloads: one.all })])),
    },
    items: found.slice(filter.offset, filter.offset + filter.limit).map(({ all: _, ...item }) => item),
  };
}

/** A finding with who runs its repository. */
export function findingJson(finding: ImageFinding, workloads: NewsItem['workloads']) {
  const { repository, vulnerability, aliases, knownExploited, packageType, packageName } = finding;
  const { installed, fixedIn, firstSeenMs, fixedAtMs, ignored } = finding;
  return {
    ...{ repository, vulnerability, knownExploited, packageType, packageName },
    ...{ installed, fixedIn, firstSeenMs },
    aliases: [...aliases],
    severity: severityWord(finding.severity),
    ...(fixedAtMs === undefined ? {} : { fixedAtMs }),
    ...(ignored === undefined ? {} : { ignored }),
    workloads: workloads.slice(0, mostWorkloads),
    workloadTotal: workloads.length,
  };
}

/** Once for each repository: it may have thousands of findings. */
function workloadsByRepository(
  entries: Iterable<Readonly<ImageEntry>>,
): ReadonlyMap<string, NewsItem['workloads']> {
  return new Map(
    [...usesByRepository(entries)].map(([repository, uses]) => [repository, workloadsOf(uses)] as const),
  );
}

export function usesByRepository(
  entries: Iterable<Readonly<ImageEntry>>,
): ReadonlyMap<string, readonly ImageUse[]> {
  const all = new Map<string, ImageUse[]>();
  for (const { named, uses } of entries) {
    const known = all.get(named.repository);
    if (known === undefined) all.set(named.repository, [...uses]);
    else for (const use of uses) known.push(use);
  }
  return all;
}

function atOf(kind: NewsItem['kind'], { firstSeenMs, fixedAtMs, ignored }: ImageFinding): number {
  if (kind === 'new') return firstSeenMs;
  return (kind === 'fixed' ? fixedAtMs : ignored?.atMs) ?? firstSeenMs;
}

function testsOf({ kinds, severities, namespaces, isFixable, text }: NewsFilter) {
  const wanted = text.toLowerCase();
  return {
    kind: ({ kind }: NewsItem) => kinds.length === 0 || kinds.includes(kind),
    severity: ({ severity }: NewsItem) => severities.length === 0 || severities.includes(severity),
    namespace: ({ all }: { readonly all: NewsItem['workloads'] }) =>
      namespaces.length === 0 || all.some(({ namespace }) => namespaces.includes(namespace)),
    fixable: ({ fixedIn }: NewsItem) => !isFixable || fixedIn !== '',
    text: ({ vulnerability, aliases, packageName, repository }: NewsItem) =>
      [vulnerability, ...aliases, packageName, repository].some((one) => one.toLowerCase().includes(wanted)),
  };
}
