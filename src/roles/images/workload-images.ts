import type { WorkloadAsked } from '../../api/skopos/images.ts';
import type { WorkloadImagesJson } from '../../api/skopos/images-contract.ts';
import type { ImageEntry } from '../../images/live/image-entries.ts';
import type { ImageFinding } from '../../images/live/live-image.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { keyOf } from '../../model/object.ts';
import { vulnerabilitySeverities } from '../../model/vulnerability.ts';
import { containersOf, everyContainer, workloadKinds } from '../../posture/pod-spec.ts';
import { imageJson, severityWord } from './image-json.ts';
import { namedImage } from './image-uses.ts';

export interface WorkloadImagesParts {
  /** Images in use. */
  readonly entries: Iterable<Readonly<ImageEntry>>;
  /** Findings of a repository. */
  readonly openOf: (repository: string) => readonly ImageFinding[];
  /** Why images that nobody has looked at are not scanned; '' while they are. */
  readonly heldBecause?: string;
}

const mostNewest = 10;
const kinds: ReadonlySet<string> = new Set(workloadKinds);

/** What is to be asked of an object that runs containers; undefined for another. */
export function workloadAsked(key: string, inventory: Inventory): WorkloadAsked | undefined {
  const object = inventory.object(key);
  if (object === undefined || !kinds.has(object.kind)) return undefined;
  const top = inventory.index.owners.top(key);
  const pods = inventory.unreadable().find(({ kind }) => kind === 'Pod');
  return {
    workload: top === undefined ? key : keyOf(top),
    containers: containersOf(object, everyContainer).map(({ container: { name, image } }) => ({
      name: String(name ?? ''),
      image: typeof image === 'string' ? image : '',
    })),
    unreadable: pods === undefined ? '' : `pods cannot be read: ${pods.reason}`,
  };
}

/** The images of a workload by container, and what was found in them last. */
export function workloadImages(
  { workload, containers, unreadable }: WorkloadAsked,
  { entries, openOf, heldBecause = '' }: WorkloadImagesParts,
): Pick<WorkloadImagesJson, 'workload' | 'containers' | 'newest'> {
  const own = [...entries].filter(({ uses }) => uses.some((use) => keyOf(use.workload) === workload));
  const runBy = (container: string) =>
    own.filter(({ uses }) =>
      uses.some((use) => use.container === container && keyOf(use.workload) === workload),
    );
  const repositories = new Set(own.map(({ named }) => named.repository));
  return {
    workload,
    containers: containers.map(({ name, image }) => {
      const images = runBy(name).map((entry) => {
        const { workloads: _, ...json } = imageJson(entry, heldBecause);
        return json;
      });
      return { name, image, images, why: images.length > 0 ? '' : whyNone(image, unreadable) };
    }),
    newest: [...repositories]
      .flatMap((repository) => openOf(repository))
      .filter(({ fixedAtMs, ignored }) => fixedAtMs === undefined && ignored === undefined)
      .sort((a, b) => b.firstSeenMs - a.firstSeenMs || rankOf(a) - rankOf(b))
      .slice(0, mostNewest)
      .map((finding) => {
        const { repository, vulnerability, knownExploited, packageName, installed } = finding;
        const { fixedIn, firstSeenMs, isBaseline } = finding;
        return {
          ...{ repository, vulnerability, knownExploited, packageName, installed },
          ...{ fixedIn, firstSeenMs, isBaseline, severity: severityWord(finding.severity) },
        };
      }),
  };
}

/** Why nothing is known of the image of a container. */
export function whyNone(image: string, unreadable: string): string {
  if (image === '') return 'it names no image';
  if (namedImage(image) === undefined) return 'its image is no name that a registry could have';
  if (unreadable !== '') return unreadable;
  return 'no container of it is known to have started, and what runs is told by those that have';
}

function rankOf({ severity }: ImageFinding): number {
  return vulnerabilitySeverities.indexOf(severity);
}
