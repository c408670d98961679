import { type CelMap, type CelValue, sizeOfText } from './values.ts';

/** What one expression may cost, in Kubernetes's units. Source: apiserver/pkg/apis/cel/config.go. */
export const expressionLimit = 1_000_000;
/** What all expressions of a policy may cost together for one object. */
export const policyLimit = 10_000_000;

/** Thrown when an expression has cost too much; nothing in the expression can catch it. */
export class CostExceeded {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Counts what evaluation costs, and ends it when that is too much. */
export class Meter {
  /** What all expressions of the policy have cost. */
  total = 0;
  #used = 0;

  /** Starts an expression. */
  begin(): void {
    this.#used = 0;
  }

  add(cost: number): void {
    this.#used += cost;
    this.total += cost;
    if (this.#used > expressionLimit) throw new CostExceeded('actual cost limit exceeded');
    if (this.total > policyLimit)
      throw new CostExceeded(
        'validation failed due to running out of cost budget, no further validation rules will be run',
      );
  }
}

const perCharacter = 0.1;
const perPatternCharacter = 0.25;

/**
 * What a call costs, after cel-go's cost tracker and Kubernetes's own: texts by their length, lists by their size, all else 1.
 *
 * Source: https://github.com/kubernetes/apiserver/blob/master/pkg/cel/library/cost.go
 */
export function costOfCall(name: string, args: readonly CelValue[], result: CelValue): number {
  const [first = null, second = null] = args;
  switch (name) {
    case 'matches':
    case 'find':
    case 'findAll':
      return Math.ceil((1 + sizeOf(first)) * perCharacter) * Math.ceil(sizeOf(second) * perPatternCharacter);
    case 'contains':
      return Math.ceil(sizeOf(first) * perCharacter) * Math.ceil(sizeOf(second) * perCharacter);
    case 'startsWith':
    case 'endsWith':
      return Math.ceil(sizeOf(second) * perCharacter);
    case '_+_':
      return typeof first === 'string' ? Math.ceil((sizeOf(first) + sizeOf(second)) * perCharacter) : 1;
    case '@in':
      return Array.isArray(second) ? second.length : 1;
    case 'replace':
    case 'split':
      return Math.ceil(sizeOf(first) * 2 * perCharacter);
    case 'join':
      return Math.ceil(sizeOf(result) * 2 * perCharacter);
    case 'sets.contains':
    case 'sets.intersects':
    case 'sets.equivalent':
      return sizeOf(first) * sizeOf(second) * (name === 'sets.equivalent' ? 2 : 1) + 1;
    case 'isSorted':
    case 'sum':
    case 'min':
    case 'max':
    case 'indexOf':
    case 'lastIndexOf':
      return typeof first === 'string' ? Math.ceil(sizeOf(first) * perCharacter) : sizeOf(first);
    case '_==_':
    case '_!=_':
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return typeof first === 'string' && typeof second === 'string'
        ? Math.max(1, Math.ceil(Math.min(first.length, second.length) * perCharacter))
        : 1;
    default:
      return typeof first === 'string' && traversing.has(name) ? Math.ceil(sizeOf(first) * perCharacter) : 1;
  }
}

const traversing: ReadonlySet<string> = new Set([
  ...[
    'lowerAscii',
    'upperAscii',
    'substring',
    'trim',
    'url',
    'isURL',
    'ip',
    'isIP',
    'ip.isCanonical',
    'cidr',
  ],
  ...['isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver', 'bytes', 'format', 'strings.quote'],
]);

function sizeOf(value: CelValue): number {
  if (typeof value === 'string') return sizeOfText(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return value instanceof Map ? (value as CelMap).size : 1;
}
