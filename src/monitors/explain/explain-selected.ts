import type { KubeObject } from '../../model/object.ts';
import { formatSelector, type LabelSelector, selectorTerms, unmetTerms } from '../label-selector.ts';
import { counted, type ExplainStep, nameOf, type ObjectView, step } from './explain-step.ts';

/** Near misses that are told of. */
const mostMisses = 5;

/** The objects that a monitor's own selector takes in the namespaces that it looks at, and the step that tells of it. */
export function selectedObjects(
  view: ObjectView,
  what: {
    readonly kind: 'Service' | 'Pod' | 'Ingress';
    readonly selector: LabelSelector;
    /** None stands for all. */
    readonly namespaces: readonly string[];
  },
): { readonly found: readonly KubeObject[]; readonly step: ExplainStep } {
  const { kind, selector, namespaces } = what;
  const found: KubeObject[] = [];
  const misses: { readonly object: KubeObject; readonly unmet: number; readonly why: string }[] = [];
  let seen = 0;
  for (const namespace of namespaces.length === 0 ? [undefined] : namespaces)
    for (const object of view.each(kind, namespace)) {
      seen++;
      const unmet = unmetTerms(selector, object.metadata.labels ?? {});
      if (unmet.length === 0) found.push(object);
      else if (misses.length < 1000) misses.push({ object, unmet: unmet.length, why: formatSelector(unmet) });
    }
  const where = namespaces.length === 0 ? 'any namespace' : namespaces.join(', ');
  const wanted = formatSelector(selectorTerms(selector)) || 'every label';
  const title = `Is there a ${kind} that it selects?`;
  if (found.length > 0)
    return {
      found,
      step: step(
        'objects',
        title,
        'ok',
        `${counted(found.length, kind)} in ${where} with ${wanted}`,
        found.map(nameOf),
      ),
    };
  const missing = namespaces.filter((name) => view.get('Namespace', '', name) === undefined);
  const because =
    missing.length > 0 && seen === 0
      ? `; there is no namespace ${missing.join(', ')}`
      : seen === 0
        ? `; there is no ${kind} there at all`
        : `; ${counted(seen, kind)} there ${seen === 1 ? 'has' : 'have'} other labels`;
  return {
    found,
    step: step(
      'objects',
      title,
      'failed',
      `no ${kind} in ${where} has ${wanted}${because}`,
      misses
        .sort((a, b) => a.unmet - b.unmet)
        .slice(0, mostMisses)
        .map(({ object, why }) => `${nameOf(object)} does not fulfil ${why}`),
    ),
  };
}
