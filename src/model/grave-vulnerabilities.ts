import type { VulnerabilitySeverity } from './vulnerability.ts';

/** What a vulnerability lets an attacker do, as far as its description tells; nothing of the kind when absent. */
export type VulnerabilityEffect = 'code-execution' | 'undescribed';

/** A vulnerability in a package, in the words that somebody needs to mend it. */
export interface NamedVulnerability {
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  /** What to upgrade to; '' where nothing is known to fix it. */
  readonly fixedIn: string;
}

/** How many there are, and the few that are named: those that are exploited first, then those that can be fixed. */
export interface CountedVulnerabilities {
  readonly count: number;
  readonly first: readonly NamedVulnerability[];
}

/** What controls ask of an image, without all of its vulnerabilities: a kilobyte at most. */
export interface GraveVulnerabilities {
  readonly critical: CountedVulnerabilities;
  readonly high: CountedVulnerabilities;
  /** Of any severity: those that let strangers run code. */
  readonly codeExecution: CountedVulnerabilities;
  /** Those of which nobody says what they let an attacker do. */
  readonly undescribed: CountedVulnerabilities;
}

/** What is looked at of a vulnerability. */
export interface WeighedVulnerability extends NamedVulnerability {
  readonly severity: VulnerabilitySeverity;
  readonly knownExploited: boolean;
  readonly effect?: VulnerabilityEffect;
}

/** How many of each are named. */
const mostNamed = 3;

/** The same for the same vulnerabilities, whatever their order. */
export function graveOf(all: readonly WeighedVulnerability[]): GraveVulnerabilities {
  return {
    critical: counted(all.filter(({ severity }) => severity === 'Critical')),
    high: counted(all.filter(({ severity }) => severity === 'High')),
    codeExecution: counted(all.filter(({ effect }) => effect === 'code-execution')),
    undescribed: counted(all.filter(({ effect }) => effect === 'undescribed')),
  };
}

function counted(found: readonly WeighedVulnerability[]): CountedVulnerabilities {
  const first = [...found].sort(order).slice(0, mostNamed);
  return {
    count: found.length,
    first: first.map(({ id, package: name, installed, fixedIn }) => ({
      id,
      package: name,
      installed,
      fixedIn,
    })),
  };
}

/** By nothing that changes from day to day, as risk does. */
function order(a: WeighedVulnerability, b: WeighedVulnerability): number {
  return (
    Number(b.knownExploited) - Number(a.knownExploited) ||
    Number(b.fixedIn !== '') - Number(a.fixedIn !== '') ||
    compare(a.id, b.id) ||
    compare(a.package, b.package) ||
    compare(a.installed, b.installed)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `CVE-2026-1 in openssl 3.0.1-1 (fixed in 3.0.2-1), …, and 4 more`. */
export function vulnerabilityText({ count, first }: CountedVulnerabilities): string {
  const named = first.map(
    ({ id, package: name, installed, fixedIn }) =>
      `${id} in ${`${name} ${installed}`.trim()} (${fixedIn === '' ? 'no fix is known' : `fixed in ${fixedIn}`})`,
  );
  const more = count - first.length;
  return `${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
