import { VulnerabilityDatabaseError } from '../../images/database/database-error.ts';
import type { DatabaseStatus } from '../../images/database/vulnerability-database.ts';
import { formatDuration } from '../../kit/duration.ts';
import { inOneLine } from '../printable.ts';

const states: Readonly<Record<DatabaseStatus['state'], string>> = {
  ready: 'ready',
  stale: 'old: results say so; renew it with "skopos db update" or "skopos db import"',
  missing: 'there is none: get one with "skopos db update" or "skopos db import"',
  broken: 'it cannot be read',
};

export function statusText(status: DatabaseStatus): string {
  const { state, builtAtMs, ageMs, maxAgeMs, schema, problem, folder, providers } = status;
  const rows = [
    ['state', `${states[state]}${problem === undefined ? '' : `: ${problem}`}`],
    ['folder', folder],
    ...(builtAtMs === 0
      ? []
      : [
          ['built', `${timeText(builtAtMs)}, ${ageText(ageMs)} ago (at most ${ageText(maxAgeMs)})`],
          ['schema', schema],
        ]),
    ...(status.import === undefined
      ? []
      : [
          ['source', status.import.source],
          ['checksum', status.import.digest],
        ]),
    ['providers', String(providers.length)],
    ...status.unreadable.map(({ problem: why }) => ['unreadable', why]),
  ];
  return aligned(rows);
}

export function statusJson(status: DatabaseStatus): string {
  return `${JSON.stringify(status, undefined, 2)}\n`;
}

/** That there is nothing to look into, and what to do. */
export function noData({ problem, folder }: DatabaseStatus): VulnerabilityDatabaseError {
  return new VulnerabilityDatabaseError(
    problem ??
      `there is no vulnerability database in ${folder}: get one with "skopos db update" or "skopos db import"`,
  );
}

export function providersText({ providers }: DatabaseStatus): string {
  if (providers.length === 0) return 'no provider\n';
  return aligned(
    providers.map(({ id, capturedAtMs }) => [
      id,
      capturedAtMs === 0 ? 'time unknown' : timeText(capturedAtMs),
    ]),
  );
}

export function aligned(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(inOneLine));
  const widths: number[] = [];
  for (const row of shown)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return shown
    .map(
      (row) =>
        `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd((widths[i] ?? 0) + 2))).join('')}\n`,
    )
    .join('');
}

export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** In its largest unit that is not too coarse. */
function ageText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  return formatDuration(
    hours >= 48 ? Math.floor(hours / 24) * 86_400_000 : Math.max(60_000, Math.floor(ms / 60_000) * 60_000),
  );
}
