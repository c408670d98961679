import { z } from 'zod';

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

const expressionSchema = z
  .strictObject({
    key: z.string().min(1),
    operator: z.enum(operators),
    values: z.array(z.string()).nullish(),
  })
  .superRefine(({ operator, values }, context) => {
    const isSet = operator === 'In' || operator === 'NotIn';
    if (isSet !== (values ?? []).length > 0)
      context.addIssue({
        code: 'custom',
        path: ['values'],
        message: isSet ? `${operator} needs values` : `${operator} takes no values`,
      });
  });

/**
 * A Kubernetes label selector; an empty one selects everything.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export const labelSelectorSchema = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z.array(expressionSchema).nullish(),
});

export type LabelSelector = z.output<typeof labelSelectorSchema>;

type Labels = Readonly<Record<string, string>>;

/** One requirement of a selector. */
export interface SelectorTerm {
  readonly key: string;
  readonly operator: (typeof operators)[number];
  readonly values: readonly string[];
}

/** All requirements in one form; those of `matchLabels` come first, by name. */
export function selectorTerms(selector: LabelSelector): readonly SelectorTerm[] {
  return [
    ...Object.entries(selector.matchLabels ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
      key,
      operator,
      values: values ?? [],
    })),
  ];
}

/** Requirements that labels do not fulfil; none when they are selected. */
export function unmetTerms(selector: LabelSelector, labels: Labels): readonly SelectorTerm[] {
  return selectorTerms(selector).filter((term) => !isMet(term, labels));
}

function isMet({ key, operator, values }: SelectorTerm, labels: Labels): boolean {
  const own = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return own !== undefined && values.includes(own);
    case 'NotIn':
      return own === undefined || !values.includes(own);
    case 'Exists':
      return own !== undefined;
    case 'DoesNotExist':
      return own === undefined;
  }
}

/** As `kubectl -l` writes it: `app=web,tier in (a,b),!old`; '' selects everything. */
export function formatSelector(terms: readonly SelectorTerm[]): string {
  return terms
    .map(({ key, operator, values }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
    })
    .join(',');
}
