import {
  type CountedVulnerabilities,
  type GraveVulnerabilities,
  vulnerabilityText,
} from '../../model/grave-vulnerabilities.ts';
import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check, CheckContext } from '../control.ts';
import { imageFactsKind, type KnownImage, knownImages } from '../image-facts.ts';
import { type ContainerPlace, containersOf, itemsOf, workloadKinds } from '../pod-spec.ts';

/** What makes a vulnerability matter that strangers can reach. */
export const opened = ', and a Service opens its pods to the outside';

/** `1 critical vulnerability`, `3 critical vulnerabilities`. */
export function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : one.replace(/y$/, 'ies')}`;
}

/** What is wrong with an image: `3 critical vulnerabilities`, and which they are. */
export interface WrongWithImage {
  readonly what: string;
  readonly found: CountedVulnerabilities;
}

/** A check of what is known of the images that a workload runs. */
export function vulnerabilityCheck(options: {
  readonly rule: string;
  /** Narrows the workloads that count: those that are open to the outside, say. */
  applies?(workload: KubeObject, context: CheckContext): boolean;
  /** Undefined when nothing is. */
  wrong(grave: GraveVulnerabilities, context: CheckContext): WrongWithImage | undefined;
  /** Why an image of which all else is known cannot be judged; '' when it can. */
  undecided?(grave: GraveVulnerabilities): string;
  /** What makes it matter, for the end of the sentence; '' when that says itself. */
  readonly because: string;
}): Check {
  const judged = (place: ContainerPlace, known: KnownImage, context: CheckContext): Breach[] => {
    const { gap, grave, name } = known;
    const wrong = grave === undefined ? undefined : options.wrong(grave, context);
    if (wrong !== undefined) {
      const text = `${place.label}: the image ${name} has ${wrong.what}${options.because}: ${vulnerabilityText(wrong.found)}`;
      return [{ message: text, fixPaths: [] }];
    }
    const reason = gap === '' && grave !== undefined ? (options.undecided?.(grave) ?? '') : gap;
    return reason === '' ? [] : [{ message: `${place.label}: the image ${name}: ${reason}`, unknown: true }];
  };
  return {
    rule: options.rule,
    kinds: workloadKinds,
    needs: [imageFactsKind],
    judge(workload, context) {
      if (options.applies?.(workload, context) === false) return [];
      return containersOf(workload).flatMap((place, index) => {
        const { image, name } = place.container;
        if (typeof image !== 'string') return [];
        const at = [imagePath(workload, place, index)];
        return knownImages(context.view, workload, name ?? '', image)
          .flatMap((known) => judged(place, known, context))
          .map((breach) => ({ ...breach, reviewPaths: at, failedPaths: at }));
      });
    },
  };
}

/** Of a pod it is told what it runs, in an order of its own; of others what they will. */
function imagePath(workload: KubeObject, { container, path }: ContainerPlace, index: number): string {
  if (workload.kind !== 'Pod') return `${path}.image`;
  const status = workload['status'] as
    | { readonly containerStatuses?: readonly { name?: unknown }[] }
    | undefined;
  const own = itemsOf(status?.containerStatuses).find(({ item }) => item.name === container.name);
  return `status.containerStatuses[${own?.index ?? index}].imageID`;
}
