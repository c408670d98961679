import type { Constraint } from '../versions/constraint.ts';
import type { VersionScheme } from '../versions/scheme.ts';

/** What a record says of upgrading. */
export interface AdvisoryFix {
  readonly version: string;
  readonly state: 'fixed' | 'not-fixed' | 'wont-fix' | 'not-affected' | 'unknown';
  readonly availableAtMs?: number;
  /** Advisories that announce it. */
  readonly references: readonly { readonly id: string; readonly url: string }[];
}

/** Versions that a record speaks of. */
export interface AdvisoryRange {
  /** As the record names the order of versions, e.g. `dpkg`; may be empty. */
  readonly type: string;
  readonly text: string;
  readonly scheme: VersionScheme;
  /** Undefined where it cannot be read: then it says nothing, and the match is not judged by it. */
  readonly constraint: Constraint | undefined;
  readonly fix?: AdvisoryFix;
}

/** What else must hold of a package. */
export interface AdvisoryQualifiers {
  /** Of rpm: the module's name and stream; empty for "in none". */
  readonly rpmModularity?: string;
  readonly platformCpes: readonly string[];
  readonly architectures: readonly string[];
  /** Go: the functions that are concerned, by import path; no symbols stand for all of a path. */
  readonly goImports: readonly { readonly path: string; readonly symbols: readonly string[] }[];
}

/** What a record says of a package; shared by all rows that have the same. */
export interface AdvisoryPackage {
  readonly cves: readonly string[];
  readonly qualifiers: AdvisoryQualifiers;
  readonly ranges: readonly AdvisoryRange[];
}

/** One row that speaks of a package or a CPE. */
export interface Advisory {
  /** Which of the database's files it is in, and the row of its vulnerability there. */
  readonly file: number;
  readonly vulnerability: number;
  readonly operatingSystem: OperatingSystem | undefined;
  /** What package type it is told of, empty for a CPE. */
  readonly ecosystem: string;
  /** `target_software` of the CPE it is told of; undefined where it is told of a package. */
  readonly targetSoftware: string | undefined;
  /** The row of {@link Advisory.about} in its file. */
  readonly blob: number;
  /** Read when it is first asked for. */
  readonly about: AdvisoryPackage;
}

export interface OperatingSystem {
  readonly file: number;
  readonly id: number;
  readonly name: string;
  readonly releaseId: string;
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly labelVersion: string;
  readonly codename: string;
  readonly channel: string;
  /** When security updates end. */
  readonly endOfLifeAtMs?: number;
}

/** How bad, in a scheme's own words: a word, or a CVSS vector. */
export interface AdvisorySeverity {
  readonly scheme: string;
  readonly word?: string;
  readonly vector?: string;
  readonly version?: string;
  readonly source: string;
}

/** The record itself, whatever package it is told of. */
export interface AdvisoryRecord {
  readonly id: string;
  /** `active`, `analyzing`, `rejected`, `disputed`, `withdrawn` …. */
  readonly status: string;
  readonly provider: string;
  readonly publishedAtMs?: number;
  readonly modifiedAtMs?: number;
  readonly withdrawnAtMs?: number;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly urls: readonly string[];
  readonly severities: readonly AdvisorySeverity[];
}

export interface KnownExploited {
  readonly dateAdded: string;
  readonly dueDate: string;
  readonly ransomware: boolean;
  readonly requiredAction: string;
}

export interface ExploitPrediction {
  readonly probability: number;
  readonly percentile: number;
  readonly date: string;
}
