import type { Cataloger } from './cataloger.ts';
import { candidateCpes, vendorsOfUrl } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { textOf } from './text.ts';

interface NpmEvidence {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
  readonly author?: string;
  /** Who owns its repository. */
  readonly vendors: readonly string[];
}

const maxBytes = 4 * 1024 * 1024;

/**
 * Packages of npm, wherever a `package.json` has a name and a version, as Node itself would load it. Lock files tell what was
 * wished for, not what is there, and are not read.
 *
 * Source: https://docs.npmjs.com/cli/configuring-npm/package-json
 */
export const npm: Cataloger<NpmEvidence> = {
  name: 'npm',
  revision: 2,
  wants: ({ path, sizeBytes }) => path.endsWith('/package.json') && sizeBytes <= maxBytes,
  read(_file, content) {
    const json = objectOf(textOf(content));
    const [name, version] = [json?.['name'], json?.['version']];
    if (json === undefined || !isName(name) || !isVersion(version)) return undefined;
    const author = personOf(json['author']);
    const vendors = [repositoryOf(json['repository']), json['homepage']].flatMap((url) =>
      typeof url === 'string' ? vendorsOfUrl(url.slice(0, 500)) : [],
    );
    return {
      name,
      version: version.trim(),
      licenses: licensesOf(json),
      vendors: [...new Set(vendors)],
      ...(author && { author }),
    };
  },
  assemble(files) {
    return files.map((file) => {
      const { name, version, licenses, author, vendors } = file.evidence;
      const [, scope = '', plain = name] = /^@([^/]+)\/(.+)$/.exec(name) ?? [];
      return newPackage({
        type: 'npm',
        name,
        version,
        language: 'javascript',
        foundBy: 'npm',
        at: [file],
        purl: purlOf({ type: 'npm', namespace: scope && `@${scope}`, name: plain, version }),
        cpes: candidateCpes({ type: 'npm', name, version, plainVendors: vendors }),
        licenses,
        details: author === undefined ? {} : { vendor: author },
      });
    });
  },
};

/** Undefined for what is no JSON object: packages bring broken ones for their own tests, and Node can load none of them. */
function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Old packages have capitals and odd signs; what has spaces or braces is a template. */
function isName(name: unknown): name is string {
  return typeof name === 'string' && /^(?:@[^\s/{}]+\/)?[^\s/{}]+$/.test(name) && name.length <= 300;
}

function isVersion(version: unknown): version is string {
  return typeof version === 'string' && /^\s*[^\s{}<>$]+\s*$/.test(version) && version.length <= 300;
}

/** `license` is a text or, long ago, an object; `licenses` was a list of either. */
function licensesOf(json: Record<string, unknown>): string[] {
  const listed = json['license'] ?? json['licenses'] ?? [];
  return [listed].flat().flatMap((license) => {
    const type =
      typeof license === 'object' && license !== null ? (license as { type?: unknown }).type : license;
    return typeof type === 'string' && type !== '' ? [type.slice(0, 500)] : [];
  });
}

function repositoryOf(repository: unknown): unknown {
  return typeof repository === 'object' && repository !== null
    ? (repository as { url?: unknown }).url
    : repository;
}

function personOf(author: unknown): string | undefined {
  const name = typeof author === 'object' && author !== null ? (author as { name?: unknown }).name : author;
  return typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : undefined;
}
