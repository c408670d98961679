import { existsSync, statSync } from 'node:fs';
import { BadInputError } from '../../kit/app-error.ts';
import { type ImageReference, parseReference } from '../reference.ts';

/** What a user names an image by, told apart. */
export type ImagePlace =
  | { readonly kind: 'registry'; readonly reference: ImageReference }
  | {
      readonly kind: 'oci-folder' | 'oci-archive' | 'docker-archive' | 'archive';
      readonly path: string;
      /** Of the image within it. */
      readonly name: string | undefined;
    }
  | { readonly kind: 'folder'; readonly path: string };

/** Prefixes of skopeo, and those of Syft where they differ. */
const prefixes: Readonly<Record<string, ImagePlace['kind']>> = {
  'docker:': 'registry',
  'registry:': 'registry',
  'oci:': 'oci-folder',
  'oci-dir:': 'oci-folder',
  'oci-archive:': 'oci-archive',
  'docker-archive:': 'docker-archive',
  'dir:': 'folder',
};

/**
 * Reads `oci:<folder>[:name]`, `oci-archive:<file>[:name]`, `docker-archive:<file>[:name]`, `dir:<folder>`, `registry:<name>` or
 * `docker://<name>`. Without a prefix it is the name of an image, unless it starts as a path does (`/`, `./`, `../`): then it is
 * an archive, or a folder with an image layout, or else the root of a file system.
 *
 * @throws {BadInputError} when it is none of these.
 */
export function parsePlace(text: string): ImagePlace {
  const prefix = Object.keys(prefixes).find((one) => text.startsWith(one) && !isHostWithPort(text, one));
  if (prefix === undefined) {
    return /^(?:\/|\.\.?(?:\/|$))/.test(text)
      ? byWhatIsThere(text)
      : { kind: 'registry', reference: parseReference(text) };
  }
  const rest = text.slice(prefix.length);
  const kind = prefixes[prefix];
  if (rest === '') throw new BadInputError('', `"${text}" names nothing after "${prefix}"`);
  if (kind === 'registry') return { kind, reference: parseReference(rest.replace(/^\/\//, '')) };
  if (kind === 'folder') return { kind, path: rest };
  return { kind: kind ?? 'archive', ...withName(rest) };
}

/** `registry:5000/name` is a host with its port, and no prefix. */
function isHostWithPort(text: string, prefix: string): boolean {
  return /^\d+\//.test(text.slice(prefix.length));
}

function byWhatIsThere(text: string): ImagePlace {
  const { path, name } = withName(text);
  if (!existsSync(path)) throw new BadInputError('', `${path} is not there`);
  if (!statSync(path).isDirectory()) return { kind: 'archive', path, name };
  if (name !== undefined || existsSync(`${path}/oci-layout`)) return { kind: 'oci-folder', path, name };
  return { kind: 'folder', path };
}

/** A path that is there with a colon in it is taken as it is. */
function withName(text: string): { path: string; name: string | undefined } {
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  const first = colon < 0 ? text.indexOf(':') : colon;
  if (first <= 0 || existsSync(text)) return { path: text, name: undefined };
  // The name may have slashes and colons of its own, so the path ends where something is there.
  for (let at = text.indexOf(':'); at > 0; at = text.indexOf(':', at + 1))
    if (existsSync(text.slice(0, at))) return { path: text.slice(0, at), name: text.slice(at + 1) };
  return { path: text.slice(0, first), name: text.slice(first + 1) };
}
