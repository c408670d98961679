import { formatDuration } from '../../kit/duration.ts';
import type { Distribution, ImageSbom } from '../../model/image-sbom.ts';
import type { OperatingSystem } from '../database/advisory.ts';
import type { DatabaseStatus } from '../database/vulnerability-database.ts';
import type { Coverage, DistributionCoverage, UnjudgedReason } from './match-result.ts';
import { versionOf } from './namespace.ts';
import { isOfDistribution } from './package-types.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Of one package, and of more. */
const unjudgedTexts: Readonly<Record<UnjudgedReason, readonly [one: string, more: string]>> = {
  distribution: [
    'belongs to a distribution that the data does not cover',
    'belong to a distribution that the data does not cover',
  ],
  'no-version': ['has no version', 'have no version'],
  'unreadable-version': [
    'has a version, or an advisory a range, that cannot be read',
    'have a version, or an advisory a range, that cannot be read',
  ],
  'no-data': ['is of no type that advisories are kept for', 'are of no type that advisories are kept for'],
};

export function distributionCoverage(
  { distribution, packages }: ImageSbom,
  systems: readonly OperatingSystem[],
  hasRows: boolean,
): DistributionCoverage {
  const matchedAs = [...new Set(systems.map((system) => `${system.name} ${versionOf(system)}`.trim()))].join(
    ', ',
  );
  if (systems.length > 0) {
    const ends = systems.flatMap(({ endOfLifeAtMs }) => endOfLifeAtMs ?? []);
    return {
      state: hasRows ? 'covered' : 'empty',
      matchedAs,
      ...(ends.length === 0 ? {} : { endOfLifeAtMs: Math.max(...ends) }),
    };
  }
  const hasPackages = packages.some(isOfDistribution);
  if (distribution !== undefined) return { state: 'unknown', matchedAs };
  return { state: hasPackages ? 'unidentified' : 'none', matchedAs };
}

/** Puts together what is not known of a result, in words. */
export function coverageOf(
  sbom: ImageSbom,
  status: DatabaseStatus,
  distribution: DistributionCoverage,
  unjudged: ReadonlyMap<UnjudgedReason, readonly number[]>,
): Coverage {
  const judged = sbom.packages.length - [...unjudged.values()].flat().length;
  const reasons = [
    ...distributionReasons(distribution, sbom),
    ...(sbom.packages.length === 0 ? ['No packages were found in it: what it is made of is not known.'] : []),
    ...[...unjudged].map(([reason, { length }]) => unjudgedText(reason, length)),
    ...sbom.partial.map(({ where, reason }) => `Not all of the image was read: ${where}: ${reason}.`),
    ...(status.state === 'stale' ? [staleText(status)] : []),
    ...status.unreadable.map(({ problem }) => `Advisories of your own were left out: ${problem}.`),
    ...(status.providers.length === 0 ? ['The database names no provider of data.'] : []),
  ];
  const isBlind = !['covered', 'none'].includes(distribution.state);
  const isUnknown = isBlind || judged === 0;
  return {
    state: isUnknown ? 'unknown' : reasons.length === 0 ? 'complete' : 'partial',
    reasons,
    distribution,
    unjudged: [...unjudged].map(([reason, packages]) => ({ reason, packages })),
    databaseBuiltAtMs: status.builtAtMs,
    isStale: status.state === 'stale',
  };
}

/** Nothing could be matched, for there is nothing to match with. */
export function coverageWithoutData(sbom: ImageSbom, status: DatabaseStatus): Coverage {
  return {
    state: 'unknown',
    reasons: [
      status.state === 'broken'
        ? `The vulnerability database cannot be read: ${status.problem ?? ''}.`
        : 'There is no vulnerability database: get one with "skopos db update" or "skopos db import".',
    ],
    distribution: { state: sbom.distribution === undefined ? 'none' : 'unknown', matchedAs: '' },
    unjudged:
      sbom.packages.length === 0 ? [] : [{ reason: 'no-data', packages: sbom.packages.map((_one, i) => i) }],
    databaseBuiltAtMs: 0,
    isStale: false,
  };
}

function distributionReasons(
  { state, matchedAs }: DistributionCoverage,
  { distribution }: ImageSbom,
): readonly string[] {
  switch (state) {
    case 'unidentified':
      return ['The image has packages of a distribution, but nothing in it tells of which.'];
    case 'unknown':
      return [
        `The data does not know the distribution ${nameOf(distribution)}: its packages could not be judged.`,
      ];
    case 'empty':
      return [`The data has no advisories for ${matchedAs}: its packages could not be judged.`];
    default:
      return [];
  }
}

function nameOf(distribution: Distribution | undefined): string {
  return `${distribution?.id ?? ''} ${distribution?.version ?? ''}`.trim();
}

function staleText({ ageMs, maxAgeMs }: DatabaseStatus): string {
  const days = (ms: number): string =>
    ms < dayMs ? formatDuration(ms - (ms % minuteMs)) : `${Math.floor(ms / dayMs)} days`;
  return `The vulnerability data is ${days(ageMs)} old, more than ${days(maxAgeMs)}: what is newer is not known.`;
}

function unjudgedText(reason: UnjudgedReason, count: number): string {
  const [one, more] = unjudgedTexts[reason];
  return count === 1 ? `1 package ${one}.` : `${count} packages ${more}.`;
}
