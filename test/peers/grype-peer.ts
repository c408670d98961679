import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const script = join(import.meta.dirname, '../../scripts/peers/grype.mjs');
const folder = execFileSync(process.execPath, [script, '--where'], { encoding: 'utf8' }).trim();

/** Grype as `npm run peers -- grype` builds it, or another that `GRYPE` names. */
export const grypeProgram = process.env['GRYPE'] ?? join(folder, 'grype');

/** The program that writes databases with Grype's own code. */
export const writerProgram = join(folder, 'write-database');

export const hasGrype = existsSync(grypeProgram);
export const hasWriter = existsSync(writerProgram);
export const notice = hasGrype ? '' : ' (skipped: no Grype here; "npm run peers -- grype" builds it with Go)';

/** A Grype with a database of its own, which never goes out to any network. */
export class GrypePeer {
  readonly #folder: string;

  /** @param folder to keep its database in */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Takes a database, packed as they are published. */
  import(database: string): void {
    const archive = join(this.#folder, 'vulnerability-db.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', dirname(database), 'vulnerability.db']);
    this.run(['db', 'import', archive]);
  }

  /** What it finds in an SBOM: its JSON document. */
  scan(
    sbom: string,
    flags: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): GrypeDocument {
    return JSON.parse(this.run([`sbom:${sbom}`, '-o', 'json', ...flags], env)) as GrypeDocument;
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
    const { status, stdout, stderr } = spawnSync(grypeProgram, [...args], {
      encoding: 'utf8',
      maxBuffer: 512 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: this.#folder,
        GRYPE_DB_CACHE_DIR: join(this.#folder, 'db'),
        GRYPE_DB_AUTO_UPDATE: 'false',
        GRYPE_DB_VALIDATE_AGE: 'false',
        GRYPE_CHECK_FOR_APP_UPDATE: 'false',
        // Nothing answers there, should it ever ask.
        HTTPS_PROXY: 'http://127.0.0.1:9',
        HTTP_PROXY: 'http://127.0.0.1:9',
        ...env,
      },
    });
    if (status !== 0) throw new Error(`grype ${args.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }
}

/** Source: https://github.com/anchore/grype/blob/main/grype/presenter/models/document.go */
export interface GrypeDocument {
  readonly matches: readonly GrypeMatch[];
  readonly ignoredMatches?: readonly (GrypeMatch & {
    readonly appliedIgnoreRules: readonly { readonly reason?: string; readonly vulnerability?: string }[];
  })[];
}

export interface GrypeMatch {
  readonly vulnerability: GrypeVulnerability & {
    readonly fix: {
      readonly versions: readonly string[];
      readonly state: string;
      readonly available?: readonly { readonly version: string; readonly date: string }[];
    };
    readonly risk: number;
  };
  readonly relatedVulnerabilities: readonly GrypeVulnerability[];
  readonly matchDetails: readonly {
    readonly type: string;
    readonly matcher: string;
    readonly searchedBy: {
      readonly package?: { readonly name: string; readonly version: string };
      readonly cpes?: readonly string[];
    };
    readonly found: { readonly versionConstraint: string };
    readonly fix?: { readonly suggestedVersion: string };
  }[];
  readonly artifact: { readonly name: string; readonly version: string; readonly type: string };
}

interface GrypeVulnerability {
  readonly id: string;
  readonly namespace: string;
  readonly severity: string;
  readonly description?: string;
  readonly dataSource?: string;
  readonly urls: readonly string[];
  readonly cvss: readonly {
    readonly vector: string;
    readonly version: string;
    readonly metrics: { readonly baseScore: number };
  }[];
  readonly epss?: readonly {
    readonly cve: string;
    readonly epss: number;
    readonly percentile: number;
    readonly date: string;
  }[];
  readonly knownExploited?: readonly {
    readonly cve: string;
    readonly dateAdded: string;
    readonly dueDate: string;
    readonly requiredAction: string;
    readonly knownRansomwareCampaignUse: string;
  }[];
}
