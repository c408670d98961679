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
  const judged = (workload: KubeObject, place: ContainerPlace, known: KnownImage, context: CheckContext) => {
    const { gap, grave, name, report } = known;
    const wrong = grave === undefined ? undefined : options.wrong(grave, context);
    if (wrong !== undefined) {
      const { what, found } = wrong;
      return breach(
        `${place.label}: the image ${name} has ${what}${options.because}: ${vulnerabilityText(found)}`,
        workload,
        report,
      );
    }
    const reason = gap === '' && grave !== undefined ? (options.undecided?.(grave) ?? '') : gap;
    return reason === ''
      ? []
      : [{ message: `${place.label}: the image ${name}: ${reason}`, unknown: true } as const];
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
          .flatMap((known): Breach[] => judged(workload, place, known, context))
          .map((one) => ({ ...one, reviewPaths: at, failedPaths: at }));
      });
    },
  };
}

function breach(message: string, workload: KubeObject, report: KubeObject | undefined): Breach[] {
  if (report === undefined) return [{ message, fixPaths: [] }];
  const { name, namespace } = workload.metadata;
  const external = {
    apiVersion: 'result.vulnscan.com/v1',
    kind: workload.kind,
    metadata: { name, namespace },
    relatedObjects: [workload, report],
  };
  return [{ message, fixPaths: [], external, related: [report] }];
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
