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
  for (const [key, value] of Object.entries(matchLabels ?? {})) if (labels[key] !== value) return false;
  for (const { key = '', operator, values = [] } of matchExpressions ?? []) {
    const own = labels[key];
    if (!holds(operator, own, values)) return false;
  }
  return true;
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
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  );
}
