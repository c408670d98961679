import { BadInputError } from '../kit/app-error.ts';

/** Where an image is in a registry. At least one of `tag` and `digest` is there; with both, the digest decides. */
export interface ImageReference {
  /** `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** `library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

const domainForm =
  /^(?:(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/;
const partForm = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const digestForm = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Longest name, registry included, that Docker takes. */
const maxNameLength = 255;

/** Whether it is a digest of a kind that is checked: `sha256:` or `sha512:` and so many hexadecimal digits. */
export function isDigest(text: string): boolean {
  return digestForm.test(text);
}

/**
 * Reads a reference as Docker and Kubernetes do: `nginx` is `docker.io/library/nginx:latest`.
 *
 * Source: https://pkg.go.dev/github.com/distribution/reference
 *
 * @throws {BadInputError} saying what is wrong with it.
 */
export function parseReference(text: string): ImageReference {
  const fail = (problem: string): never => {
    throw new BadInputError('', `"${shown(text)}" is no image reference: ${problem}`);
  };
  if (text.length > 600) fail('it is too long');
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0) fail('there is more than one "@"');
  if (digest !== undefined && !isDigest(digest))
    fail('after "@" comes a digest: sha256: and 64 hexadecimal digits in lower case');
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const name = hasTag ? beforeDigest.slice(0, colon) : beforeDigest;
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagForm.test(tag))
    fail('a tag is up to 128 letters, digits, "_", "." and "-", and starts with none of the last two');
  const { registry, repository } = splitName(name);
  const problem = nameProblem(registry, repository);
  if (problem !== undefined) fail(problem);
  return {
    registry,
    repository,
    ...(tag === undefined && digest === undefined ? { tag: 'latest' } : {}),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The full form: `docker.io/library/nginx:1.27@sha256:…`. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Registry and repository of a name without tag and digest; unchecked. */
function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = slash > 0 && isDomain ? first : 'docker.io';
  const repository = slash > 0 && isDomain ? name.slice(slash + 1) : name;
  if (registry !== 'docker.io' && registry !== 'index.docker.io') return { registry, repository };
  return {
    registry: 'docker.io',
    repository: repository.includes('/') ? repository : `library/${repository}`,
  };
}

function nameProblem(registry: string, repository: string): string | undefined {
  const domain = domainForm.exec(registry);
  if (domain === null || Number(domain[1] ?? 0) > 65_535)
    return `"${shown(registry)}" is no host name with an optional port`;
  if (repository === '' || repository === 'library/') return 'the name of the repository is missing';
  if (registry.length + 1 + repository.length > maxNameLength)
    return `the name is longer than ${maxNameLength} characters`;
  if (repository !== repository.toLowerCase()) return 'the name of a repository is in lower case';
  const bad = repository.split('/').find((part) => !partForm.test(part));
  return bad === undefined
    ? undefined
    : `"${shown(bad)}" in its name: letters, digits, and single ".", "_" or "-" between them`;
}

/** What may be shown to people: no control characters, not too long. */
function shown(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length > 100 ? `${plain.slice(0, 100)}…` : plain;
}
