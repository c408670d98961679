import type { ImageSbom } from '../../model/image-sbom.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import type { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import { byCve } from './by-cve.ts';
import { coverageOf, coverageWithoutData, distributionCoverage } from './coverage.ts';
import { explicitIgnore } from './explicit-ignores.ts';
import type { Scene } from './hit.ts';
import { compileRule, type IgnoreRule } from './ignore-rules.ts';
import { judgeFor } from './judges.ts';
import type { MatchResult, UnjudgedReason } from './match-result.ts';
import { defaultMatchSettings, type MatchSettings } from './match-settings.ts';
import { ownerSays } from './owner-says.ts';
import type { PackageJudge } from './package-judge.ts';
import type { VexBook } from './vex/vex-book.ts';

export interface MatchOptions {
  readonly settings?: Partial<MatchSettings>;
  /** Tell of vulnerabilities by NVD's record of their CVE, where there is one. */
  readonly byCve?: boolean;
  readonly ignore?: readonly IgnoreRule[];
  /** VEX documents: what they say is not affected or fixed is ignored. */
  readonly vex?: VexBook;
  /** What the image is called: VEX documents speak of it by that. */
  readonly reference?: string;
}

/**
 * The known vulnerabilities of an image's packages, by the rules of Grype's matchers. Results of packages are remembered in the
 * data, so that matching many images costs little more than their differences.
 *
 * @throws {VulnerabilityDatabaseError} when the database turns out to be damaged while it is read
 * @throws {BadInputError} when a pattern of an ignore rule is none.
 */
export function matchSbom(
  sbom: ImageSbom,
  database: Pick<VulnerabilityDatabase, 'snapshot' | 'status'>,
  options: MatchOptions = {},
): MatchResult {
  const { snapshot: data } = database;
  const status = database.status();
  if (data === undefined) return { matches: [], ignored: [], coverage: coverageWithoutData(sbom, status) };
  const judge = judgeOf(sbom, data, { ...defaultMatchSettings, ...options.settings });
  const { systems, named } = systemsOf(sbom, data);
  const { all, unjudged } = judgeAll(sbom, judge);
  const renamed = options.byCve === true ? byCve(all, data) : all;
  const { matches, ignored } = sift(renamed, sbom, judge, options);
  const coverage = distributionCoverage(sbom, named, systems.length > 0);
  return { matches, ignored, coverage: coverageOf(sbom, status, coverage, unjudged) };
}

/** Systems that have data, and those that the data knows by name. */
function systemsOf({ distribution }: ImageSbom, data: DatabaseSnapshot) {
  const named = distribution === undefined ? [] : data.operatingSystems(distribution);
  return { named, systems: data.hasRows(named) ? named : [] };
}

function judgeOf(sbom: ImageSbom, data: DatabaseSnapshot, settings: MatchSettings): PackageJudge {
  const key = JSON.stringify([sbom.distribution, settings]);
  return judgeFor(key, data, () => sceneOf(sbom, data, settings));
}

function sceneOf(sbom: ImageSbom, data: DatabaseSnapshot, settings: MatchSettings): Scene {
  const { distribution } = sbom;
  const id = distribution?.id.toLowerCase() ?? '';
  const channel = distribution?.channels.find((one) => channels[id] === one.toLowerCase());
  return {
    data,
    settings,
    distribution: {
      id,
      version: distribution?.version ?? '',
      systems: systemsOf(sbom, data).systems,
      extended:
        distribution === undefined || channel === undefined
          ? []
          : data.operatingSystems(distribution, { channel: channel.toLowerCase() }),
      own:
        distribution !== undefined && id === 'almalinux'
          ? data.operatingSystems(distribution, { isExact: true })
          : [],
    },
  };
}

/** Extended support that has data of its own, by distribution. */
const channels: Readonly<Record<string, string>> = { rhel: 'eus', ubuntu: 'esm' };

function judgeAll(sbom: ImageSbom, judge: PackageJudge) {
  const all: VulnerabilityMatch[] = [];
  const unjudged = new Map<UnjudgedReason, number[]>();
  judge.judge(sbom.packages).forEach((judged, index) => {
    for (const { vulnerability, fix, reasons } of judged.found)
      all.push({ vulnerability, package: index, fix, reasons });
    if (judged.unjudged === undefined) return;
    const others = unjudged.get(judged.unjudged);
    if (others === undefined) unjudged.set(judged.unjudged, [index]);
    else others.push(index);
  });
  return { all, unjudged };
}

/** Parts those that do not count from those that do: the first that has something against a match says why. */
function sift(
  all: readonly VulnerabilityMatch[],
  sbom: ImageSbom,
  judge: PackageJudge,
  { ignore = [], vex, reference }: MatchOptions,
) {
  const rules = ignore.map((rule) => ({ rule, applies: compileRule(rule) }));
  const matches: VulnerabilityMatch[] = [];
  const ignored: VulnerabilityMatch[] = [];
  for (const match of all) {
    const found = sbom.packages[match.package];
    if (found === undefined) continue;
    const builtIn = explicitIgnore(match, found);
    const rule = rules.find(({ applies }) => applies(match, found))?.rule;
    const why =
      (builtIn === undefined ? undefined : { by: 'built-in rule', reason: builtIn }) ??
      ownerSays(match, sbom, judge) ??
      (rule === undefined ? undefined : { by: nameOf(rule), reason: rule.reason ?? describe(rule) }) ??
      vex?.judge({ match, found, sbom, reference: reference ?? '', rules: ignore });
    if (why === undefined) matches.push(match);
    else ignored.push({ ...match, ignored: why });
  }
  return { matches, ignored };
}

function nameOf({ source }: IgnoreRule): string {
  return source === undefined ? 'ignore rule' : `ignore rule of ${source}`;
}

function describe({ reason: _reason, source: _source, ...rule }: IgnoreRule): string {
  return JSON.stringify(rule);
}
