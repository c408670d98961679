import { vulnerabilitySeverities } from '../../model/vulnerability.ts';
import { type IgnoredMatch, type ImageFinding, isFixable, type KeptMatch } from './live-image.ts';

/** What all images of one repository that are in use have now. */
export interface RepositoryState {
  readonly repository: string;
  readonly matches: Iterable<KeptMatch>;
  /** What does not count in an image of it. */
  readonly ignored: Iterable<IgnoredMatch>;
  /** Whether all of them are known: otherwise nothing is said to be fixed. */
  readonly isKnown: boolean;
}

/** What is other than before, in whole findings as they are now. */
export interface FindingDifference {
  /** Seen for the first time, or again after they were fixed. */
  readonly new: readonly ImageFinding[];
  readonly fixed: readonly ImageFinding[];
  /** Counted until now, and somebody has said that they do not. */
  readonly ignored: readonly ImageFinding[];
  /** Nobody says any more that they do not count: as old as they were. */
  readonly returned: readonly ImageFinding[];
  /** Told with other words than before. */
  readonly other: readonly ImageFinding[];
}

/**
 * Holds what a repository has now beside what it had. What never counted is kept as ignored and told to nobody: should it count one
 * day, it is new then.
 */
export function compareFindings(
  held: readonly ImageFinding[],
  state: RepositoryState,
  since: Since,
): FindingDifference {
  const before = new Map(held.map((finding) => [keyOf(finding), finding]));
  const found = findingsOf(state.repository, state.matches, since);
  const gone = [...before].filter(([key]) => !found.has(key));
  const here = compareFound(found, before);
  const reasons = ignoredIn(state, since);
  const away = compareGone(gone, reasons, { isKnown: state.isKnown, nowMs: since.firstSeenMs });
  const silent = [...reasons].filter(([key]) => !found.has(key) && isAway(before.get(key)));
  return {
    ...{ new: here.fresh, returned: here.returned },
    ...{ fixed: away.fixed, ignored: away.ignored },
    other: [...here.other, ...away.other, ...silent.map(([, finding]) => finding)],
  };
}

type Since = Pick<ImageFinding, 'firstSeenMs' | 'isBaseline'>;

function compareFound(
  found: ReadonlyMap<string, ImageFinding>,
  before: ReadonlyMap<string, ImageFinding>,
): Record<'fresh' | 'returned' | 'other', readonly ImageFinding[]> {
  const fresh: ImageFinding[] = [];
  const returned: ImageFinding[] = [];
  const other: ImageFinding[] = [];
  for (const [key, finding] of found) {
    const was = before.get(key);
    if (was === undefined || was.fixedAtMs !== undefined) {
      fresh.push(finding);
      continue;
    }
    const now = { ...finding, firstSeenMs: was.firstSeenMs, isBaseline: was.isBaseline };
    if (neverCounted(was)) fresh.push(finding);
    else if (was.ignored !== undefined) returned.push(now);
    else if (!isSame(now, was)) other.push(now);
  }
  return { fresh, returned, other };
}

/** What does not count in any image, as it would be kept. */
function ignoredIn(
  { repository, ignored }: RepositoryState,
  since: Since,
): ReadonlyMap<string, ImageFinding & Required<Pick<ImageFinding, 'ignored'>>> {
  return new Map(
    [...ignored].map((match) => {
      const finding = findingOf(repository, match, since);
      return [keyOf(finding), { ...finding, ignored: { ...match.ignored, atMs: since.firstSeenMs } }];
    }),
  );
}

function isAway(finding: ImageFinding | undefined): boolean {
  return finding === undefined || finding.fixedAtMs !== undefined;
}

/** Whether it has been ignored since it was first seen. */
function neverCounted({ ignored, firstSeenMs }: ImageFinding): boolean {
  return ignored?.atMs === firstSeenMs;
}

/** What no image has any more counts as fixed, or is there and does not count. */
function compareGone(
  gone: readonly (readonly [key: string, was: ImageFinding])[],
  reasons: ReturnType<typeof ignoredIn>,
  { isKnown, nowMs }: { readonly isKnown: boolean; readonly nowMs: number },
): Record<'fixed' | 'ignored' | 'other', readonly ImageFinding[]> {
  const fixed: ImageFinding[] = [];
  const ignored: ImageFinding[] = [];
  const other: ImageFinding[] = [];
  for (const [key, was] of gone.filter(([, { fixedAtMs }]) => fixedAtMs === undefined)) {
    const { ignored: before, ...rest } = was;
    const why = reasons.get(key)?.ignored;
    if (why !== undefined) {
      // Later than it was first seen, which tells it from what never counted.
      const atMs = before?.atMs ?? Math.max(nowMs, was.firstSeenMs + 1);
      const now = { ...rest, ignored: { ...why, atMs } };
      if (before === undefined) ignored.push(now);
      else if (!isSame(now, was)) other.push(now);
    } else if (isKnown && neverCounted(was)) other.push({ ...was, fixedAtMs: nowMs });
    else if (isKnown) fixed.push({ ...rest, fixedAtMs: nowMs });
  }
  return { fixed, ignored, other };
}

/** One for each vulnerable package, whatever the number of its versions and records. */
function findingsOf(
  repository: string,
  matches: Iterable<KeptMatch>,
  since: Since,
): ReadonlyMap<string, ImageFinding> {
  const found = new Map<string, ImageFinding>();
  for (const match of matches) {
    const next = findingOf(repository, match, since);
    const key = keyOf(next);
    const other = found.get(key);
    if (other === undefined || isWorse(next, other)) found.set(key, next);
  }
  return found;
}

function findingOf(repository: string, match: KeptMatch, since: Since): ImageFinding {
  return {
    repository,
    vulnerability: match.id,
    packageType: match.package.type,
    packageName: match.package.name,
    aliases: match.aliases,
    severity: match.severity,
    knownExploited: match.knownExploited,
    installed: match.package.version,
    fixedIn: isFixable(match) ? match.fix.versions.join(', ') : '',
    ...since,
  };
}

function isSame(a: ImageFinding, b: ImageFinding): boolean {
  return textOf(a) === textOf(b);
}

function textOf(finding: ImageFinding): string {
  return JSON.stringify(Object.entries(finding).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function keyOf({ vulnerability, packageType, packageName }: ImageFinding): string {
  return JSON.stringify([vulnerability, packageType, packageName]);
}

/** Of several versions or records of one package: the worse severity is told, then the one that can be mended. */
function isWorse(a: ImageFinding, b: ImageFinding): boolean {
  const rank = (of: ImageFinding) => vulnerabilitySeverities.indexOf(of.severity);
  return rank(a) < rank(b) || (rank(a) === rank(b) && a.fixedIn !== '' && b.fixedIn === '');
}
