import { usualPlatform } from '../../model/platform.ts';
import { type VulnerabilitySeverity, vulnerabilitySeverities } from '../../model/vulnerability.ts';
import type { Row } from '../../store/database.ts';
import type { ImageSummary, ResultState } from './live-image.ts';

/** The tables of what registries were looked through for, see migrate. */
export const registryTables: readonly string[] = [
  `CREATE TABLE registry_scans (
     job TEXT PRIMARY KEY,
     scope TEXT NOT NULL,
     round TEXT NOT NULL,
     registry TEXT NOT NULL,
     about TEXT NOT NULL,
     schedule TEXT NOT NULL,
     started REAL NOT NULL,
     ended REAL,
     state TEXT NOT NULL,
     reason TEXT NOT NULL,
     waits REAL,
     found INTEGER NOT NULL,
     passed INTEGER NOT NULL,
     done INTEGER NOT NULL,
     failed INTEGER NOT NULL
   );
   CREATE INDEX registry_scans_scope ON registry_scans (scope, started);
   CREATE TABLE registry_images (
     image TEXT PRIMARY KEY,
     registry TEXT NOT NULL,
     repository TEXT NOT NULL,
     tag TEXT NOT NULL,
     scope TEXT NOT NULL,
     round TEXT NOT NULL,
     job TEXT NOT NULL,
     schedule TEXT NOT NULL,
     scanned REAL NOT NULL,
     digest TEXT NOT NULL,
     state TEXT NOT NULL,
     reasons TEXT NOT NULL,
     counts TEXT NOT NULL,
     severities INTEGER NOT NULL,
     fixable INTEGER NOT NULL,
     exploited INTEGER NOT NULL,
     risk REAL NOT NULL,
     packages INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX registry_images_scanned ON registry_images (scanned);
   CREATE INDEX registry_images_digest ON registry_images (digest);
   CREATE INDEX registry_images_round ON registry_images (round);
   CREATE INDEX registry_images_scope ON registry_images (scope);`,
  // Each platform of an image is a row of its own since then; before there was one platform alone.
  `CREATE TABLE registry_platform_images (
     image TEXT NOT NULL,
     platform TEXT NOT NULL,
     registry TEXT NOT NULL,
     repository TEXT NOT NULL,
     tag TEXT NOT NULL,
     scope TEXT NOT NULL,
     round TEXT NOT NULL,
     job TEXT NOT NULL,
     schedule TEXT NOT NULL,
     scanned REAL NOT NULL,
     digest TEXT NOT NULL,
     state TEXT NOT NULL,
     reasons TEXT NOT NULL,
     counts TEXT NOT NULL,
     severities INTEGER NOT NULL,
     fixable INTEGER NOT NULL,
     exploited INTEGER NOT NULL,
     risk REAL NOT NULL,
     packages INTEGER NOT NULL,
     PRIMARY KEY (image, platform)
   ) WITHOUT ROWID;
   INSERT INTO registry_platform_images
     SELECT image, 'linux/amd64', registry, repository, tag, scope, round, job, schedule, scanned, digest, state, reasons, counts,
       severities, fixable, exploited, risk, packages FROM registry_images;
   DROP TABLE registry_images;
   ALTER TABLE registry_platform_images RENAME TO registry_images;
   CREATE INDEX registry_images_scanned ON registry_images (scanned);
   CREATE INDEX registry_images_digest ON registry_images (digest);
   CREATE INDEX registry_images_round ON registry_images (round);
   CREATE INDEX registry_images_scope ON registry_images (scope);`,
];

/** How many vulnerabilities of a severity there are, and how many of them can be fixed. */
export interface SeverityCount {
  readonly severity: VulnerabilitySeverity;
  readonly all: number;
  readonly fixable: number;
}

/** What is known of an image that a registry has, whether it runs anywhere or not. */
export interface RegistryImage {
  /** `registry.shop:5000/team/cart:1.2`. */
  readonly image: string;
  /** `linux/arm64`: of an image for one platform its own, whatever was asked for; '' when it does not say. */
  readonly platform: string;
  readonly registry: string;
  /** Without the registry. */
  readonly repository: string;
  readonly tag: string;
  /** The job that looked at it, and the recurring scan that it is a run of; '' for none. */
  readonly job: string;
  readonly schedule: string;
  /** Unix ms of the last look. */
  readonly scannedAtMs: number;
  /** '' when it could not be scanned. */
  readonly digest: string;
  readonly state: ResultState;
  /** Why it is not complete. */
  readonly reasons: readonly string[];
  readonly counts: readonly SeverityCount[];
  readonly fixable: number;
  readonly knownExploited: number;
  readonly risk: number;
  readonly packages: number;
}

export type RegistryScanState = 'running' | 'whole' | 'unfinished';

/** One look through a registry. */
export interface RegistryScanRecord {
  readonly job: string;
  readonly schedule: string;
  readonly registry: string;
  /** What of it: for people and for starting the same again. */
  readonly scope: RegistryScope;
  readonly state: RegistryScanState;
  /** Why it ended before its end; '' otherwise. */
  readonly reason: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** Until when it waits, as the registry wants no requests before. */
  readonly waitsUntilMs?: number;
  /** Images in scope; 0 until all are listed. */
  readonly found: number;
  /** Of these, what an unfinished scan before had looked at. */
  readonly passedOver: number;
  readonly done: number;
  readonly failed: number;
}

/** What of a registry is looked at. */
export interface RegistryScope {
  /** Host, with the path that repositories begin with. */
  readonly name: string;
  /** Tags of each repository, the newest first. */
  readonly depth: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly platforms: readonly string[];
}

/** What a row tells of a result, so that it can be filtered and sorted by it. */
export type Counted = Pick<
  RegistryImage,
  'state' | 'reasons' | 'counts' | 'fixable' | 'knownExploited' | 'risk' | 'packages'
>;

export function countedOf({ state, reasons, tallies, risk, packages }: ImageSummary): Counted {
  const counts = vulnerabilitySeverities.flatMap((severity): SeverityCount[] => {
    const own = tallies.filter((tally) => tally.severity === severity);
    const sum = (of: typeof own): number => of.reduce((all, { count }) => all + count, 0);
    return own.length === 0
      ? []
      : [{ severity, all: sum(own), fixable: sum(own.filter((one) => one.fixable)) }];
  });
  const total = (of: (one: (typeof tallies)[number]) => boolean): number =>
    tallies.filter(of).reduce((all, { count }) => all + count, 0);
  return {
    ...{ state, reasons, counts, risk, packages },
    fixable: total(({ fixable }) => fixable),
    knownExploited: total(({ knownExploited }) => knownExploited),
  };
}

/** Of an image of which nothing can be said. */
export function nothingKnown(problem: string): Counted {
  const none = { counts: [], fixable: 0, knownExploited: 0, risk: 0, packages: 0 };
  return { ...none, state: 'unknown', reasons: [problem] };
}

/** A bit for each severity that there is any of. */
export function severityBits(severities: Iterable<VulnerabilitySeverity>): number {
  let bits = 0;
  for (const severity of severities) bits |= 1 << vulnerabilitySeverities.indexOf(severity);
  return bits;
}

export function registryImageOf(row: Row): RegistryImage {
  const text = (name: string): string => String(row[name] ?? '');
  return {
    ...{ image: text('image'), platform: text('platform'), registry: text('registry') },
    ...{ repository: text('repository'), tag: text('tag') },
    ...{ job: text('job'), schedule: text('schedule'), digest: text('digest') },
    scannedAtMs: Number(row['scanned']),
    state: text('state') as ResultState,
    reasons: JSON.parse(text('reasons')) as string[],
    counts: JSON.parse(text('counts')) as SeverityCount[],
    fixable: Number(row['fixable']),
    knownExploited: Number(row['exploited']),
    risk: Number(row['risk']),
    packages: Number(row['packages']),
  };
}

/** Scans of before there was a choice tell no platforms. */
function scopeOf(about: string): RegistryScope {
  const { platforms = [usualPlatform], ...rest } = JSON.parse(about) as Omit<RegistryScope, 'platforms'> &
    Partial<Pick<RegistryScope, 'platforms'>>;
  return { ...rest, platforms };
}

export function registryScanOf(row: Row): RegistryScanRecord {
  const text = (name: string): string => String(row[name] ?? '');
  const { ended, waits } = row as { readonly ended: number | null; readonly waits: number | null };
  return {
    ...{ job: text('job'), schedule: text('schedule'), registry: text('registry'), reason: text('reason') },
    scope: scopeOf(text('about')),
    state: text('state') as RegistryScanState,
    startedAtMs: Number(row['started']),
    ...(ended === null ? {} : { endedAtMs: ended }),
    ...(waits === null ? {} : { waitsUntilMs: waits }),
    ...{ found: Number(row['found']), passedOver: Number(row['passed']) },
    ...{ done: Number(row['done']), failed: Number(row['failed']) },
  };
}
