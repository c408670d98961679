import { type Constraint, parseConstraint } from '../versions/constraint.ts';
import { remembered } from '../versions/remembered.ts';
import type { VersionScheme } from '../versions/scheme.ts';
import { schemeOf } from '../versions/schemes.ts';
import type { AdvisoryRange } from './advisory.ts';

/** What of a range says whether a version is in it. */
export type Bounds = Pick<AdvisoryRange, 'type' | 'scheme' | 'constraint'>;

/** Stands in a line of rows for ranges that only its blob tells. */
export const unknownOutline = '\t?';

/** Characters that lines are told apart by; ranges that have such are left to their blob. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const separators = /[\u0000-\u001f]/;

/** Ranges as lines of rows have them: the type and the constraint of each, with a tab before both. */
export function outlineOf(ranges: readonly Pick<AdvisoryRange, 'type' | 'text'>[]): string {
  let outline = '';
  for (const { type, text } of ranges) {
    if (separators.test(type) || separators.test(text)) return unknownOutline;
    outline += `\t${type}\t${text}`;
  }
  return outline;
}

/** What an outline says. */
export interface Outline {
  readonly ranges: readonly Bounds[];
  /** Versions above it are in none of the ranges. */
  readonly upper: UpperBound | undefined;
}

/** The highest version that ranges may hold, and the bounds it can be compared with. */
export interface UpperBound {
  /** Of the ranges. */
  readonly type: string;
  readonly scheme: VersionScheme;
  /** See `VersionScheme.orderOfBound`: of the bounds of one scheme and order, that of the highest is passed last. */
  readonly order: string;
  readonly version: string;
}

/** Reads an outline without the tab at its beginning. Undefined where the ranges are not known. */
export const readOutline = remembered((outline): Outline | undefined => {
  const parts = outline.split('\t');
  if (parts.length % 2 === 1) return undefined;
  const ranges: Bounds[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const type = parts[i] ?? '';
    ranges.push({ type, scheme: schemeOf(type), constraint: constraintOf(parts[i + 1] ?? '') });
  }
  return { ranges, upper: upperOf(ranges) };
});

/** Undefined where it cannot be read. */
export function constraintOf(text: string): AdvisoryRange['constraint'] {
  try {
    return parseConstraint(text === 'none (unknown)' ? '' : text);
  } catch {
    return undefined;
  }
}

/** Undefined where there is none, or where it depends on more than the ranges. */
function upperOf(ranges: readonly Bounds[]): UpperBound | undefined {
  const [first] = ranges;
  if (first === undefined) return undefined;
  let upper: UpperBound | undefined;
  for (const { type, constraint } of ranges) {
    if (type !== first.type || constraint === undefined || constraint.length === 0) return undefined;
    for (const terms of constraint) {
      const bound = boundOf(first, terms);
      if (bound === undefined || (upper !== undefined && bound.order !== upper.order)) return undefined;
      if (upper === undefined || isAbove(bound, upper)) upper = bound;
    }
  }
  return upper;
}

function boundOf({ type, scheme }: Bounds, terms: Constraint[number]): UpperBound | undefined {
  const version = terms.find(({ operator }) => !operator.startsWith('>'))?.version;
  const order = version === undefined ? undefined : scheme.orderOfBound?.(version);
  if (version === undefined || order === undefined) return undefined;
  try {
    scheme.compare(version, version);
    return { type, scheme, order, version };
  } catch {
    return undefined;
  }
}

/** Of bounds in one order. */
export function isAbove(one: UpperBound, other: UpperBound): boolean {
  return one.scheme.compare(one.version, other.version) > 0;
}
