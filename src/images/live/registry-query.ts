import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';
import type { SqlValue } from '../../store/database.ts';
import type { ResultState } from './live-image.ts';
import { severityBits } from './registry-rows.ts';

export interface RegistryImageQuery {
  readonly registries?: readonly string[];
  readonly platforms?: readonly string[];
  readonly states?: readonly ResultState[];
  /** Those that have any of these. */
  readonly severities?: readonly VulnerabilitySeverity[];
  readonly isFixable?: boolean;
  /** Of this job. */
  readonly job?: string;
  /** Part of the image's name or its digest. */
  readonly text?: string;
  /** Only these, or only others. */
  readonly digests?: { readonly of: Iterable<string>; readonly isIn: boolean };
}

export const registrySorts = ['newest', 'name', 'severity', 'fixable', 'risk'] as const;

export interface RegistryPage {
  readonly sort: (typeof registrySorts)[number];
  readonly order: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

const orders: Readonly<Record<RegistryPage['sort'], string>> = {
  newest: 'scanned',
  name: 'image',
  // The worse a severity, the lower its bit: the highest counts least.
  severity: 'CASE WHEN severities = 0 THEN -1 ELSE 64 - (severities & -severities) END',
  fixable: 'fixable',
  risk: 'risk',
};

/** The order of a page, as SQL. */
export function orderOf({ sort, order }: RegistryPage): string {
  return `${orders[sort]} ${order === 'asc' ? 'ASC' : 'DESC'}, image, platform`;
}

/** What a query lets through, as SQL. */
export function conditions(query: RegistryImageQuery): [sql: string, values: readonly SqlValue[]] {
  const { registries = [], platforms = [], states = [], severities = [], isFixable = false } = query;
  const { job, text = '', digests } = query;
  const parts: [sql: string, values: readonly SqlValue[]][] = [];
  const oneOf = (column: string, wanted: readonly string[]): void => {
    if (wanted.length > 0) parts.push([`${column} IN (${wanted.map(() => '?').join(', ')})`, wanted]);
  };
  oneOf('registry', registries);
  oneOf('platform', platforms);
  oneOf('state', states);
  if (severities.length > 0) parts.push(['(severities & ?) <> 0', [severityBits(severities)]]);
  if (isFixable) parts.push(['fixable > 0', []]);
  if (job !== undefined) parts.push(['job = ?', [job]]);
  if (text !== '') parts.push(["instr(lower(image || ' ' || digest), ?) > 0", [text.toLowerCase()]]);
  if (digests !== undefined)
    parts.push([
      `digest ${digests.isIn ? 'IN' : 'NOT IN'} (SELECT value FROM json_each(?))`,
      [JSON.stringify([...digests.of])],
    ]);
  return [['1', ...parts.map(([sql]) => sql)].join(' AND '), parts.flatMap(([, values]) => values)];
}
