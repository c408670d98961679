import { BadInputError } from '../../kit/app-error.ts';
import type { VersionScheme } from './scheme.ts';

type Operator = '=' | '<' | '>' | '<=' | '>=';

interface Term {
  readonly operator: Operator;
  readonly version: string;
}

/** Alternatives, each of terms that must all hold. None: everything is meant. */
export type Constraint = readonly (readonly Term[])[];

/**
 * Reads a constraint such as `>= 1.2, < 2.0 || = 3.1`; versions may stand in quotes. An empty one holds for every version.
 *
 * @throws {BadInputError} for anything else.
 */
export function parseConstraint(text: string): Constraint {
  if (text.trim() === '') return [];
  return text.split('||').map((alternative) => alternative.split(',').map((term) => parseTerm(term, text)));
}

function parseTerm(written: string, whole: string): Term {
  const [, operator = '', rest = ''] = /^\s*(<=|>=|<|>|==?)?\s*(.*?)\s*$/s.exec(written) ?? [];
  const version = rest.replace(/^(["'])(.*)\1$/, '$2').trim();
  if (version === '' || /[<>=()|]/.test(version)) {
    throw new BadInputError(
      '',
      `"${whole}" is no version constraint: expected one such as ">= 1.2, < 2.0 || = 3.1"`,
    );
  }
  return { operator: operator === '' || operator === '==' ? '=' : (operator as Operator), version };
}

/**
 * Whether a version is within a constraint.
 *
 * @throws {UnsupportedVersionError} when the scheme cannot read the version, or one of the constraint's.
 */
export function satisfies(scheme: VersionScheme, version: string, constraint: Constraint): boolean {
  if (constraint.length === 0) return true;
  for (const terms of constraint) if (holdAll(terms, scheme, version)) return true;
  return false;
}

function holdAll(terms: readonly Term[], scheme: VersionScheme, version: string): boolean {
  for (const { version: bound, operator } of terms) {
    const order = scheme.compareToBound?.(version, bound) ?? scheme.compare(version, bound);
    if (!holds(order, operator)) return false;
  }
  return true;
}

function holds(order: number, operator: Operator): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}
