import type { Clock } from '../../kit/clock.ts';
import { RegistryError } from '../image-error.ts';
import type { Ask, RegistryClient } from './registry-client.ts';
import { headerOf, wholeBody } from './replies.ts';

const maxPageBytes = 16 * 1024 * 1024;

/** A list longer than this has no end. */
const maxPages = 10_000;
const maxNamesBytes = 64 * 1024 * 1024;

/**
 * Names of a list that comes in pages, each naming the next in its `Link` header.
 *
 * Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function* listPages(
  client: RegistryClient,
  ask: Ask,
  key: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let path = ask.path;
  let bytes = 0;
  const asked = new Set<string>();
  for (let page = 0; page < maxPages; page++) {
    const { stream, release } = await client.ask({ ...ask, path }, signal);
    let names: readonly string[];
    try {
      names = namesIn(await wholeBody(stream, ask.what, maxPageBytes, clock, signal), key, ask.what);
    } finally {
      release();
    }
    for (const name of names) bytes += name.length;
    if (bytes > maxNamesBytes)
      throw new RegistryError(`${ask.what} has more than ${maxNamesBytes} bytes of names`, 200);
    yield* names;
    const next = nextOf(headerOf(stream.headers['link']), { path, asked: asked.add(path) }, ask.what);
    if (next === undefined) return;
    path = next;
  }
  throw new RegistryError(`${ask.what} has more than ${maxPages} pages`, 200);
}

function namesIn(body: Buffer, key: string, what: string): readonly string[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch {
    throw new RegistryError(`${what} is no JSON`, 200);
  }
  const list =
    typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[key] : undefined;
  // Registries give null for none. Anything else has not said that there is nothing.
  if (list === null) return [];
  if (!Array.isArray(list)) throw new RegistryError(`${what} is no list`, 200);
  return list.filter((name) => typeof name === 'string');
}

/** The path of the next page: within the same registry, and none that was asked for. */
function nextOf(
  link: string,
  { path, asked }: { readonly path: string; readonly asked: ReadonlySet<string> },
  what: string,
): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link)?.[1];
  if (target === undefined) return undefined;
  const base = new URL(path, 'http://registry.invalid');
  const url = URL.canParse(target, base.href) ? new URL(target, base) : undefined;
  const next = `${url?.pathname}${url?.search}`;
  if (url?.pathname.startsWith('/v2/') !== true || asked.has(next))
    throw new RegistryError(
      `${what} names "${target.slice(0, 100)}" for its next page, which cannot be`,
      200,
    );
  return next;
}
