import { type ContainerPlace, textsOf } from './pod-spec.ts';

/**
 * The places where a container adds one of these capabilities. Case and the prefix `CAP_` do not matter, as runtimes do
 * not care either.
 */
export function addedCapabilities(
  { container, path }: ContainerPlace,
  wanted: readonly string[],
): { readonly name: string; readonly path: string }[] {
  const names = new Set(wanted.map(plain));
  return textsOf(container.securityContext?.capabilities?.add).flatMap(({ text, index }) =>
    names.has(plain(text))
      ? [{ name: text, path: `${path}.securityContext.capabilities.add[${index}]` }]
      : [],
  );
}

function plain(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}
