import {
  type GraveVulnerabilities,
  graveOf,
  type WeighedVulnerability,
} from '../model/grave-vulnerabilities.ts';
import type { KubeObject } from '../model/object.ts';
import { type VulnerabilitySeverity, vulnerabilitySeverities } from '../model/vulnerability.ts';
import type { ClusterView } from './control.ts';
import { itemsOf } from './pod-spec.ts';

/** The kind by which Kubescape's controls ask for the vulnerabilities of images; its objects are named after the image. */
export const imageFactsKind = 'ImageVulnerabilities';

/** An image that a container runs, and what is known of it. */
export interface KnownImage {
  /** For people: its name with its digest, where that is known. */
  readonly name: string;
  /** Why not all of it is known, for people; '' when it is. */
  readonly gap: string;
  /** What was found so far; absent where nothing is known. */
  readonly grave?: GraveVulnerabilities;
  /** The object that says so, if one does. */
  readonly report?: KubeObject;
}

/**
 * The images that a container of a workload runs: several while old and new pods run side by side, or where a tag has moved. They
 * are told by whoever scans images, or else by an object that is named after the image.
 */
export function knownImages(
  view: ClusterView,
  workload: KubeObject,
  container: string,
  image: string,
): readonly KnownImage[] {
  const scanned = view.imagesOf?.(workload, container, image);
  if (scanned !== undefined) return scanned;
  const report = view.get(imageFactsKind, '', image);
  if (report === undefined) return [{ name: image, gap: 'nothing is known of its vulnerabilities' }];
  return [{ name: image, gap: '', grave: graveOfReport(report), report }];
}

/** An entry of an `ImageVulnerabilities` object. As others wrote it: anything may be missing. */
interface ReportedVulnerability {
  readonly name?: unknown;
  readonly severity?: unknown;
  readonly packageName?: unknown;
  readonly packageVersion?: unknown;
  readonly categories?: { readonly isRce?: unknown } | null;
  readonly fixedIn?: readonly { readonly version?: unknown }[];
}

function graveOfReport(report: KubeObject): GraveVulnerabilities {
  const items = itemsOf(report['data'] as readonly ReportedVulnerability[] | undefined);
  return graveOf(items.map(({ item }) => weighed(item)));
}

function weighed(reported: ReportedVulnerability): WeighedVulnerability {
  const { name, severity, packageName, packageVersion, categories, fixedIn } = reported;
  const versions = itemsOf(fixedIn).map(({ item }) => textOf(item.version));
  return {
    id: textOf(name),
    package: textOf(packageName),
    installed: textOf(packageVersion),
    fixedIn: versions.find((version) => version !== '') ?? '',
    severity: isSeverity(severity) ? severity : 'Unknown',
    knownExploited: false,
    ...(categories?.isRce === true ? { effect: 'code-execution' as const } : {}),
  };
}

function isSeverity(word: unknown): word is VulnerabilitySeverity {
  return vulnerabilitySeverities.some((severity) => severity === word);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
