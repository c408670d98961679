import { RegistryDeniedError } from '../../images/image-error.ts';
import type { Analyser } from '../../images/pipeline/analyser.ts';
import { BadInputError, messageOf, NotFoundError } from '../../kit/app-error.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import type { ListedImage, RegistryRef } from '../../operator/image-scanner.ts';

type Lists = Pick<Analyser, 'repositories' | 'tags'>;

/** Images of a registry that are in scope, the newest tags of each repository, each for each platform. */
export async function* imagesOf(
  registry: RegistryRef & { readonly platforms: readonly string[] },
  lists: Lists,
  signal: AbortSignal,
): AsyncIterable<ListedImage> {
  const isWanted = repositoryTest(registry);
  for await (const found of repositoriesOf(registry, lists, signal)) {
    if (typeof found !== 'string') yield found;
    else if (isWanted(found)) yield* tagsOf(`${hostOf(registry)}/${found}`, registry, lists, signal);
  }
}

async function* tagsOf(
  name: string,
  { depth, platforms }: Pick<RegistryRef, 'depth'> & { readonly platforms: readonly string[] },
  lists: Lists,
  signal: AbortSignal,
): AsyncIterable<ListedImage> {
  const tags: string[] = [];
  try {
    for await (const tag of lists.tags(name, { signal })) tags.push(tag);
  } catch (error) {
    // A catalogue names repositories too that have no tag any more, or that one may not read.
    if (error instanceof NotFoundError) return;
    if (!(error instanceof RegistryDeniedError)) throw error;
    yield { problem: messageOf(error) };
  }
  for (const tag of tags.sort(newestFirst).slice(0, depth))
    for (const platform of platforms) yield { image: `${name}:${tag}`, platform };
}

/** Of a registry that does not list them, as public ones do not, those that were named. */
async function* repositoriesOf(
  registry: RegistryRef,
  lists: Lists,
  signal: AbortSignal,
): AsyncIterable<string | { readonly problem: string }> {
  const host = hostOf(registry);
  try {
    yield* lists.repositories(host, { signal });
  } catch (error) {
    if (!(error instanceof RegistryDeniedError || error instanceof NotFoundError)) throw error;
    const named = [pathOf(registry), ...registry.include].filter((one) => one !== '' && !one.includes('*'));
    if (named.length === 0)
      throw new BadInputError(
        'registry',
        `${host} does not list its repositories to us; name one as ${host}/<repository>, or several with include. ${messageOf(error)}`,
      );
    yield {
      problem: `${host} does not list its repositories to us: only those that were named are looked at`,
    };
    yield* new Set(named);
  }
}

export function hostOf({ name }: RegistryRef): string {
  return partsOf(name)[0] ?? '';
}

/** What the names of repositories begin with; '' for all. */
function pathOf({ name }: RegistryRef): string {
  return partsOf(name).slice(1).join('/');
}

function partsOf(name: string): readonly string[] {
  return name
    .replace(/^https?:\/\//, '')
    .split('/')
    .filter((part) => part !== '');
}

function repositoryTest(registry: RegistryRef): (repository: string) => boolean {
  const path = pathOf(registry);
  const include = registry.include.map(nameTest);
  const exclude = registry.exclude.map(nameTest);
  return (repository) =>
    (path === '' || `${repository}/`.startsWith(`${path}/`)) &&
    (include.length === 0 || include.some((test) => test(repository))) &&
    !exclude.some((test) => test(repository));
}

/** Registries do not tell when a tag was made: `latest` comes first, then the highest numbers. */
function newestFirst(a: string, b: string): number {
  if (a === 'latest' || b === 'latest') return a === b ? 0 : a === 'latest' ? -1 : 1;
  return b.localeCompare(a, 'en', { numeric: true });
}

/** `*` stands for any part of a name. */
function nameTest(pattern: string): (name: string) => boolean {
  const quoted = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return compileMatcher({ op: '=~', value: quoted });
}
