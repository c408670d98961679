import type { Check, CheckContext, ControlInputs } from '../control.ts';
import { type ContainerList, containersOf, workloadKinds } from '../pod-spec.ts';

/** A check of where images come from, or what they are. */
export function imageCheck(options: {
  readonly rule: string;
  readonly lists?: readonly ContainerList[];
  /** What is wrong with the image, for people; undefined when nothing is. */
  problemOf(image: string, context: CheckContext): string | undefined;
}): Check {
  return {
    rule: options.rule,
    kinds: workloadKinds,
    judge(object, context) {
      return containersOf(object, options.lists).flatMap(({ container: { image }, path, label }) => {
        if (typeof image !== 'string' || image === '') return [];
        const problem = options.problemOf(image, context);
        if (problem === undefined) return [];
        const places = [`${path}.image`];
        const message = `${label}: the image ${image} ${problem}`;
        return [{ message, reviewPaths: places, failedPaths: places, fixPaths: [] }];
      });
    },
  };
}

/**
 * The image with its registry, as container runtimes read it: `nginx` is `docker.io/library/nginx:latest`.
 * Source: https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 */
export function normalizedImage(image: string): string {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  let [registry, rest] = hasRegistry ? [first, image.slice(slash + 1)] : ['docker.io', image];
  if (registry === 'index.docker.io') registry = 'docker.io';
  if (registry === 'docker.io' && !rest.includes('/')) rest = `library/${rest}`;
  const isTagged = rest.includes('@') || rest.slice(rest.lastIndexOf('/') + 1).includes(':');
  return `${registry}/${rest}${isTagged ? '' : ':latest'}`;
}

/** The tag of an image, '' where it has none; undefined when a digest pins it. */
export function tagOf(image: string): string | undefined {
  if (image.includes('@')) return undefined;
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon < 0 ? '' : name.slice(colon + 1);
}

/** Whether an image has one of the tags that the input `floatingImageTags` names. */
export function isFloating(image: string, { inputs }: CheckContext): boolean {
  const tag = tagOf(image);
  return tag !== undefined && tag !== '' && (inputs['floatingImageTags'] ?? []).includes(tag);
}

/**
 * Whether an image is from a registry, below a path of one, or of a repository that the input `imageRepositoryAllowList`
 * names. What only begins alike (`gcr.io.example.com`, `gcr.io:5000`) is another registry.
 */
export function isFromAllowed(image: string, inputs: ControlInputs): boolean {
  return (inputs['imageRepositoryAllowList'] ?? []).some((name) => {
    if (!image.startsWith(name)) return false;
    const next = image.slice(name.length, name.length + 1);
    const isRepository = name.includes('/');
    return name.endsWith('/') || next === '/' || (isRepository && ['', ':', '@'].includes(next));
  });
}
