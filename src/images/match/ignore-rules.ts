import { type SafeRegex, safeRegex } from '../../kit/regex.ts';
import type { Package } from '../../model/package.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import { pathMatcher } from './path-matcher.ts';

/** A rule as Grype's configuration has it: all that is given must hold. One with nothing given holds for nothing. */
export interface IgnoreRule {
  readonly vulnerability?: string;
  /** Whether `vulnerability` may be an alias, too. */
  readonly includeAliases?: boolean;
  readonly reason?: string;
  /** Where it is written, told with what it ignores. */
  readonly source?: string;
  readonly namespace?: string;
  readonly fixState?: string;
  readonly vexStatus?: string;
  readonly vexJustification?: string;
  readonly matchType?: string;
  readonly package?: {
    /** RE2 pattern of the whole name. */
    readonly name?: string;
    readonly version?: string;
    readonly language?: string;
    readonly type?: string;
    /** A pattern of paths: `*` within a part, `**` over parts. */
    readonly location?: string;
    /** RE2 pattern of the whole name of what it was built from. */
    readonly upstreamName?: string;
  };
}

export type CompiledRule = (match: VulnerabilityMatch, found: Package) => boolean;

/** @throws {BadInputError} when a pattern is none. */
export function compileRule(rule: IgnoreRule): CompiledRule {
  const conditions = [...vulnerabilityConditions(rule), ...packageConditions(rule.package ?? {})];
  // What VEX says is for the documents to say, see vex.
  if (rule.vexStatus !== undefined || conditions.length === 0) return () => false;
  return (match, found) => conditions.every((holds) => holds(match, found));
}

function vulnerabilityConditions(rule: IgnoreRule): CompiledRule[] {
  const { vulnerability, includeAliases, namespace, fixState, matchType } = rule;
  const conditions: CompiledRule[] = [];
  if (vulnerability)
    conditions.push(
      ({ vulnerability: { id, aliases } }) =>
        id === vulnerability || (includeAliases === true && aliases.includes(vulnerability)),
    );
  if (namespace) conditions.push((match) => match.vulnerability.namespace === namespace);
  if (fixState) conditions.push((match) => match.fix.state === fixState);
  if (matchType) conditions.push((match) => match.reasons.some(({ kind }) => kind === matchType));
  return conditions;
}

function packageConditions(wanted: NonNullable<IgnoreRule['package']>): CompiledRule[] {
  const { name, version, language, type, location, upstreamName } = wanted;
  const conditions: CompiledRule[] = [];
  if (name) {
    const pattern = regexOf(name);
    conditions.push((_match, found) => pattern.matches(found.name));
  }
  if (version) conditions.push((_match, found) => found.version === version);
  if (language) conditions.push((_match, found) => found.language === language);
  if (type) conditions.push((_match, found) => found.type === type);
  if (location) {
    const matches = pathMatcher(location);
    conditions.push((_match, found) => found.locations.some(({ path }) => matches(path)));
  }
  if (upstreamName) {
    const pattern = regexOf(upstreamName);
    conditions.push((_match, found) => found.upstreams.some((upstream) => pattern.matches(upstream.name)));
  }
  return conditions;
}

function regexOf(pattern: string): SafeRegex {
  return safeRegex(pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, ''));
}
