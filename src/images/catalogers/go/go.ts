import type { CatalogedPackage, Cataloger, FoundFile } from '../cataloger.ts';
import { candidateCpes } from '../cpe.ts';
import { looksExecutable } from '../executables/executable.ts';
import { executableOf } from '../executables/read-executable.ts';
import { newPackage } from '../new-package.ts';
import { purlOf } from '../purl.ts';
import { type GoBuildInfo, type GoModule, goBuildInfoOf } from './build-info.ts';
import { mainVersion } from './main-version.ts';
import { type GoSymbols, goSymbolsOf } from './symbols.ts';

interface GoEvidence {
  readonly info: GoBuildInfo;
  /** Of the modules it was built from and of the standard library. */
  readonly symbols?: GoSymbols;
}

/** Modules that Go programs were built from, as the programs tell themselves, and the standard library. */
export const go: Cataloger<GoEvidence> = {
  name: 'go',
  revision: 1,
  wants: (_file, head) => looksExecutable(head),
  read(_file, content) {
    const executable = executableOf(content);
    const info = executable && goBuildInfoOf(executable);
    if (executable === undefined || info === undefined) return undefined;
    // The program's own functions are left out: what is known of vulnerabilities speaks of those that others import.
    const modules = new Set(info.dependencies.map(({ path }) => path));
    const symbols = goSymbolsOf(
      executable,
      (path) => isStandard(path) || startsOf(path).some((start) => modules.has(start)),
    );
    return { info, ...(symbols && { symbols }) };
  },
  assemble: (files) => files.flatMap(packagesOf),
};

/** Import paths of the standard library begin with no host name. */
function isStandard(path: string): boolean {
  return path !== 'main' && !(path.split('/')[0] ?? '').includes('.');
}

/** `a.org`, `a.org/b` and `a.org/b/c` of `a.org/b/c`. */
function startsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

function packagesOf(file: FoundFile<GoEvidence>): CatalogedPackage[] {
  const { info, symbols } = file.evidence;
  const main = info.main ?? (info.path === '' ? undefined : { path: info.path, version: '(devel)' });
  const byModule = symbols && symbolsByModule(symbols, info.dependencies);
  const modules = info.dependencies.map((module) => packageOf(file, module, byModule));
  const standard = standardLibrary(file);
  return [
    ...(main === undefined || main.path === ''
      ? []
      : [packageOf(file, { path: main.path, version: mainVersion(main, info.settings) }, undefined)]),
    ...modules.filter(({ name, version }) => name !== '' && version !== ''),
    ...(standard === undefined ? [] : [standard]),
  ];
}

function packageOf(
  file: FoundFile<GoEvidence>,
  { path, version }: GoModule,
  symbols: ReadonlyMap<string, GoSymbols> | undefined,
): CatalogedPackage {
  const slash = path.lastIndexOf('/');
  const { info } = file.evidence;
  return newPackage({
    type: 'go-module',
    name: path,
    version,
    language: 'go',
    foundBy: 'go',
    at: [file],
    purl: purlOf({
      type: 'golang',
      namespace: path.slice(0, Math.max(slash, 0)),
      name: path.slice(slash + 1),
      version,
    }),
    cpes: cpesOfModule(path, version),
    details: {
      goVersion: info.goVersion,
      ...(info.main !== undefined && { goMainModule: info.main.path }),
      ...(symbols && { goSymbols: symbols.get(path) ?? {} }),
    },
  });
}

/**
 * A module's host and owner tell the vendor, and what comes after them the product; of hosts that keep modules of others there is no
 * vendor, and of those that rename repositories nothing is known.
 */
function cpesOfModule(path: string, version: string): string[] {
  const [host = '', owner = '', ...rest] = path.split('/');
  const whole = [owner, ...rest].filter(Boolean).join('/');
  const [vendor, product] =
    host === 'golang.org'
      ? ['golang', whole]
      : host === 'google.golang.org'
        ? ['google', owner]
        : [owner, rest.join('/')];
  if (vendor === '' || product === '' || host === 'gopkg.in') return [];
  return candidateCpes({
    ...{ type: 'go-module', name: path, version },
    ...{ names: [product], vendors: [vendor], isVendorKnown: true },
  });
}

/** Each import path belongs to the module whose path it begins with; of modules inside of one another to the inner one. */
function symbolsByModule(symbols: GoSymbols, modules: readonly GoModule[]): ReadonlyMap<string, GoSymbols> {
  const found = new Map<string, Record<string, readonly string[]>>(modules.map(({ path }) => [path, {}]));
  for (const [path, names] of Object.entries(symbols)) {
    const module = startsOf(path).findLast((start) => found.has(start));
    const own = module === undefined ? undefined : found.get(module);
    if (own !== undefined) own[path] = names;
  }
  return found;
}

/** Databases know the compiler and the library that it brings as the package `stdlib`, and as the product `golang:go`. */
function standardLibrary(file: FoundFile<GoEvidence>): CatalogedPackage | undefined {
  const { info, symbols } = file.evidence;
  const [goVersion, number] = /^go(\d+(?:\.\d+)*(?:(?:rc|beta)\d+)?)/.exec(info.goVersion) ?? [];
  if (goVersion === undefined || number === undefined) return undefined;
  const [, plain = number, update = '-'] = /^([\d.]+)((?:rc|beta)\d+)$/.exec(number) ?? [];
  const standard = Object.entries(symbols ?? {}).filter(
    ([path]) => !(path.split('/')[0] ?? '').includes('.'),
  );
  return newPackage({
    type: 'go-module',
    name: 'stdlib',
    version: goVersion,
    language: 'go',
    licenses: ['BSD-3-Clause'],
    foundBy: 'go',
    at: [file],
    purl: purlOf({ type: 'golang', name: 'stdlib', version: number }),
    cpes: [`cpe:2.3:a:golang:go:${plain}:${update}:*:*:*:*:*:*`],
    details: {
      goVersion: info.goVersion,
      ...(info.main !== undefined && { goMainModule: info.main.path }),
      ...(symbols && { goSymbols: Object.fromEntries(standard) }),
    },
  });
}
