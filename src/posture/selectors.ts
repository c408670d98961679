import { itemsOf } from './pod-spec.ts';

/** A Kubernetes label selector, as written by a person. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key?: string;
    readonly operator?: string;
    readonly values?: readonly string[];
  }[];
}

type Labels = Readonly<Record<string, string>>;

/**
 * Whether a selector selects what has these labels; an empty one selects everything, one that is missing nothing. An
 * operator that does not exist selects nothing.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects(selector: LabelSelector | null | undefined, labels: Labels): boolean {
  if (typeof selector !== 'object' || selector === null) return false;
  const { matchLabels, matchExpressions } = selector;
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    itemsOf(matchExpressions).every(({ item: { key = '', operator, values } }) =>
      holds(operator, labels[key], Array.isArray(values) ? values : []),
    )
  );
}

function holds(operator: string | undefined, own: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return own !== undefined && values.includes(own);
    case 'NotIn':
      return own === undefined || !values.includes(own);
    case 'Exists':
      return own !== undefined;
    case 'DoesNotExist':
      return own === undefined;
    default:
      return false;
  }
}

export function selectsEverything(selector: LabelSelector | null | undefined): boolean {
  if (typeof selector !== 'object' || selector === null) return false;
  const { matchLabels, matchExpressions } = selector;
  return Object.keys(matchLabels ?? {}).length === 0 && itemsOf(matchExpressions).length === 0;
}
