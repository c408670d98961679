import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Files } from '../support/cataloged.ts';

/** Files of this machine, by the paths that they have here. */
export function machineFiles(paths: readonly string[]): Record<string, Uint8Array> {
  const found: Record<string, Uint8Array> = {};
  for (const path of paths) if (existsSync(path) && statSync(path).isFile()) found[path] = readFileSync(path);
  return found;
}

/** Packages of Debian as dpkg keeps them here, with their lists of files and copyrights. */
export function debianTree(names: readonly string[]): Files {
  const info = '/var/lib/dpkg/info';
  const wanted = new Set(names);
  const status = readFileSync('/var/lib/dpkg/status', 'utf8')
    .split('\n\n')
    .filter((stanza) => wanted.has(/^Package: (.*)$/m.exec(stanza)?.[1] ?? ''));
  const lists = readdirSync(info).filter(
    (name) =>
      /\.(?:list|md5sums|conffiles)$/.test(name) && wanted.has(name.replace(/(?::[^.]*)?\.[^.]*$/, '')),
  );
  return {
    ...machineFiles(['/etc/os-release', '/usr/lib/os-release', '/etc/debian_version']),
    '/var/lib/dpkg/status': `${status.join('\n\n')}\n`,
    ...machineFiles(lists.map((name) => join(info, name))),
    ...machineFiles(names.map((name) => `/usr/share/doc/${name}/copyright`)),
  };
}

/** Names of the packages that are installed here. */
export function installedDebs(): string[] {
  return execFileSync('dpkg-query', ['-W', '-f', `\${Package}\\n`], { encoding: 'utf8' }).trim().split('\n');
}

/** Metadata of what pip and Debian installed for Python below a folder. */
export function pythonTree(folder: string): Files {
  if (!existsSync(folder)) return {};
  const paths = readdirSync(folder).flatMap((name) => {
    if (!/\.(?:dist|egg)-info$/.test(name)) return [];
    const path = join(folder, name);
    return statSync(path).isFile() ? [path] : readdirSync(path).map((each) => join(path, each));
  });
  return machineFiles(
    paths.filter((path) =>
      /info$|METADATA|PKG-INFO|RECORD|top_level|direct_url|installed-files|LICENSE/.test(basename(path)),
    ),
  );
}

/** `package.json` of what npm installed below a folder, some of it. */
export function npmTree(folder: string, below: string, most: number): Record<string, Uint8Array> {
  const lock = JSON.parse(readFileSync(join(folder, '.package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, unknown>>;
  };
  const files: Record<string, Uint8Array> = {};
  for (const path of Object.keys(lock.packages).slice(0, most)) {
    const manifest = join(folder, '..', path, 'package.json');
    if (existsSync(manifest)) files[`${below}/${path}/package.json`] = readFileSync(manifest);
  }
  return files;
}
