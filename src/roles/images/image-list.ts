import type { ImageFilter } from '../../api/skopos/images.ts';
import {
  type ImageJson,
  type ImageSort,
  type ImagesJson,
  imageSeverities,
  imageStates,
} from '../../api/skopos/images-contract.ts';
import { facetsOf } from './image-json.ts';

type List = Pick<ImagesJson, 'items' | 'total' | 'states' | 'facets' | 'urgent'>;

/** What of all images in use a filter lets through, in its order, and how many there are of what. */
export function listImages(all: readonly ImageJson[], filter: ImageFilter): List {
  const { offset, limit } = filter;
  const tests = testsOf(filter);
  const passing = (left?: keyof typeof tests): ImageJson[] => {
    const others = Object.entries(tests).filter(([name]) => name !== left);
    return all.filter((image) => others.every(([, test]) => test(image)));
  };
  const found = passing().sort(comparing(filter));
  return {
    items: found.slice(offset, offset + limit),
    total: found.length,
    states: Object.fromEntries(
      imageStates.map((state) => [state, all.filter((one) => one.state === state).length]),
    ) as ImagesJson['states'],
    urgent: {
      criticalFixable: all.filter(({ vulnerabilities }) => vulnerabilities.critical.fixable > 0).length,
      highFixable: all.filter(({ vulnerabilities }) => vulnerabilities.high.fixable > 0).length,
      knownExploited: all.filter(({ knownExploited }) => knownExploited > 0).length,
    },
    facets: {
      severity: facetsOf(
        passing('severity').flatMap(({ vulnerabilities }) =>
          imageSeverities.filter((severity) => vulnerabilities[severity].all > 0),
        ),
      ),
      namespace: facetsOf(passing('namespace').flatMap((image) => [...namespacesOf(image)])),
    },
  };
}

export function namespacesOf({ workloads }: Pick<ImageJson, 'workloads'>): ReadonlySet<string> {
  return new Set(workloads.map(({ namespace }) => namespace));
}

function testsOf({ states, namespaces, severities, isFixable, isExploited, text }: ImageFilter) {
  const wanted = text.toLowerCase();
  return {
    state: ({ state }: ImageJson) => states.length === 0 || states.includes(state),
    namespace: (image: ImageJson) =>
      namespaces.length === 0 || namespaces.some((one) => namespacesOf(image).has(one)),
    severity: ({ vulnerabilities }: ImageJson) =>
      severities.length === 0 || severities.some((one) => vulnerabilities[one].all > 0),
    fixable: ({ vulnerabilities }: ImageJson) =>
      !isFixable ||
      (severities.length === 0 ? imageSeverities : severities).some(
        (one) => vulnerabilities[one].fixable > 0,
      ),
    exploited: ({ knownExploited }: ImageJson) => !isExploited || knownExploited > 0,
    text: (image: ImageJson) => wanted === '' || textsOf(image).some((one) => one.includes(wanted)),
  };
}

function textsOf({ reference, digest = '', names, distribution, workloads }: ImageJson): string[] {
  const who = workloads.map(({ namespace, name }) => `${namespace}/${name}`);
  return [reference, digest, distribution, ...names, ...who].map((one) => one.toLowerCase());
}

export function fixableOf({ vulnerabilities }: Pick<ImageJson, 'vulnerabilities'>): number {
  return imageSeverities.reduce((sum, severity) => sum + vulnerabilities[severity].fixable, 0);
}

/** What cannot be compared, as nobody knows it, stands at the end whatever the order. */
function comparing({ sort, order }: ImageFilter): (a: ImageJson, b: ImageJson) => number {
  const direction = order === 'asc' ? 1 : -1;
  const byName = (a: ImageJson, b: ImageJson): number => compareTexts(nameOf(a), nameOf(b));
  if (sort === 'name') return (a, b) => direction * byName(a, b);
  const keys = keysOf[sort];
  return (a, b) => {
    const [one, other] = [keys(a), keys(b)];
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined) || byName(a, b);
    for (const [i, value] of one.entries()) {
      const difference = value - (other[i] ?? 0);
      if (difference !== 0) return direction * difference;
    }
    return byName(a, b);
  };
}

const keysOf: Readonly<
  Record<Exclude<ImageSort, 'name'>, (image: ImageJson) => readonly number[] | undefined>
> = {
  risk: (image) => ifKnown(image, [image.risk, ...countsOf(image)]),
  severity: (image) => ifKnown(image, countsOf(image)),
  packages: (image) => ifKnown(image, [image.packages]),
  fixable: (image) => ifKnown(image, [fixableOf(image)]),
  exploited: (image) => ifKnown(image, [image.knownExploited]),
  uses: ({ workloads }) => [workloads.length],
  // The oldest first, going down.
  age: ({ builtAtMs }) => (builtAtMs === undefined ? undefined : [-builtAtMs]),
};

function countsOf({ vulnerabilities }: ImageJson): readonly number[] {
  return imageSeverities.map((severity) => vulnerabilities[severity].all);
}

function ifKnown({ matchedAtMs, state }: ImageJson, keys: readonly number[]): readonly number[] | undefined {
  return matchedAtMs === undefined || state === 'unknown' ? undefined : keys;
}

function nameOf({ names, reference }: ImageJson): string {
  return names[0] ?? reference;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
