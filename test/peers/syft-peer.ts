import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../scripts/peers/syft.mjs');
const folder = execFileSync(process.execPath, [script, '--where'], { encoding: 'utf8' }).trim();

/** Syft as `npm run peers -- syft` builds it, or another that `SYFT` names. */
export const syftProgram = process.env['SYFT'] ?? join(folder, 'syft');
export const hasSyft = existsSync(syftProgram);
export const notice = hasSyft
  ? ''
  : ' (skipped: no Syft here; "node scripts/peers/syft.mjs" builds it with Go)';

/** Runs it without any network. */
export function runSyft(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(syftProgram, [...args], {
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/tmp',
      SYFT_CHECK_FOR_APP_UPDATE: 'false',
      // Nothing answers there, should it ever ask.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
  });
  if (status !== 0) throw new Error(`syft ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

export interface SyftLocation {
  readonly path: string;
  readonly layerID?: string;
  readonly accessPath?: string;
  readonly annotations?: { readonly evidence?: string };
}

/** Source: https://github.com/anchore/syft/tree/main/schema/json */
export interface SyftArtifact {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly foundBy: string;
  readonly locations: readonly SyftLocation[];
  readonly licenses: readonly { readonly value: string; readonly spdxExpression: string }[];
  readonly language: string;
  readonly cpes: readonly { readonly cpe: string; readonly source?: string }[];
  readonly purl: string;
  readonly metadata?: unknown;
}

export interface SyftDocument {
  readonly artifacts: readonly SyftArtifact[];
  readonly artifactRelationships: readonly {
    readonly parent: string;
    readonly child: string;
    readonly type: string;
  }[];
  readonly distro?: { readonly id?: string; readonly versionID?: string; readonly versionCodename?: string };
}

/** What it finds in an OCI layout. */
export function scanLayout(layout: string): SyftDocument {
  return JSON.parse(runSyft([`oci-dir:${layout}`, '-o', 'syft-json', '-q'])) as SyftDocument;
}
