import { type ContainerPlace, textsOf } from './pod-spec.ts';

/**
 * The places where a container adds one of these capabilities. Case and the prefix `CAP_` do not matter, as runtimes do
 * not care either.
 */
export function addedCapabilities(
  { container, path }: ContainerPlace,
  wanted: readonly string[],
): { readonly name: string; readonly path: string }[] {
  const list = textsOf(container.securityContext?.capabilities?.add);
  if (list.length === 0) return [];
  let names = plainNames.get(wanted);
  if (names === undefined) {
    names = new Set(wanted.map(plain));
    plainNames.set(wanted, names);
  }
  const has = names;
  return list.flatMap(({ text, index }) =>
    has.has(plain(text)) ? [{ name: text, path: `${path}.securityContext.capabilities.add[${index}]` }] : [],
  );
}

/** Lists come from the inputs, and are the same for every container. */
const plainNames = new WeakMap<readonly string[], ReadonlySet<string>>();

function plain(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}
