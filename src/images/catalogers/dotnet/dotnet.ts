import type { CatalogedPackage, Cataloger, FoundFile } from '../cataloger.ts';
import { candidateCpes, cpesOf } from '../cpe.ts';
import { executableOf } from '../executables/read-executable.ts';
import { newPackage } from '../new-package.ts';
import { purlOf } from '../purl.ts';
import { folderOf, textOf } from '../text.ts';
import { orUnreadable } from '../unreadable-error.ts';
import { type DepsLibrary, depsLibraries, lockedLibraries } from './deps-json.ts';
import { isManaged, versionResource } from './version-resource.ts';

type DotnetEvidence =
  | { readonly kind: 'deps'; readonly libraries: readonly DepsLibrary[] }
  | { readonly kind: 'assembly'; readonly name: string; readonly version: string };

/** The runtime's own assemblies: `/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/System.Linq.dll`. */
const runtimeFile =
  /\/(Microsoft\.(?:NETCore|AspNetCore|WindowsDesktop)\.App)\/(\d+\.\d+\.\d+[^/]*)\/[^/]+\.dll$/;

const lockFile = '/packages.lock.json';

function isList(path: string): boolean {
  return path.endsWith('.deps.json') || path.endsWith(lockFile);
}

/** Packages of NuGet by what was published (`*.deps.json`), assemblies that nothing tells of, and the runtimes. */
export const dotnet: Cataloger<DotnetEvidence> = {
  name: 'dotnet',
  revision: 2,
  wants: ({ path }, head) =>
    isList(path) || (head[0] === 0x4d && head[1] === 0x5a && /\.(?:dll|exe)$/i.test(path)),
  read({ path }, content) {
    if (isList(path)) {
      const json: unknown = orUnreadable(path, 'list of .NET libraries', () => JSON.parse(textOf(content)));
      const libraries = path.endsWith(lockFile) ? lockedLibraries(json) : depsLibraries(json);
      return libraries.length === 0 ? undefined : { kind: 'deps', libraries };
    }
    return runtimeFile.test(path) ? { kind: 'assembly', name: '', version: '' } : assemblyOf(content);
  },
  assemble(files) {
    const claimed = new Set(
      files.flatMap(({ path, evidence }) =>
        evidence.kind === 'deps'
          ? evidence.libraries.flatMap((library) => library.files.map((file) => `${folderOf(path)}/${file}`))
          : [],
      ),
    );
    const packages = files.flatMap((file) => packagesOf(file, claimed));
    return [...packages, ...runtimesOf(files, packages)];
  },
};

function packagesOf(file: FoundFile<DotnetEvidence>, claimed: ReadonlySet<string>): CatalogedPackage[] {
  const { evidence, path } = file;
  // What lies in a runtime's folder is the runtime, also by its own list.
  if (runtimeFile.test(path.replace(/\.deps\.json$/, '.dll'))) return [];
  if (evidence.kind === 'deps') {
    return evidence.libraries.map(({ name, version }) => packageOf(file, name, version));
  }
  return evidence.name === '' || claimed.has(path) ? [] : [packageOf(file, evidence.name, evidence.version)];
}

function packageOf(file: FoundFile<unknown>, name: string, version: string): CatalogedPackage {
  const product = name
    .toLowerCase()
    .replace(/\.dll$/, '')
    .replace(/[-. ]/g, '_');
  return newPackage({
    type: 'dotnet',
    name,
    version,
    language: 'dotnet',
    foundBy: 'dotnet',
    at: [file],
    purl: purlOf({ type: 'nuget', name, version }),
    cpes: candidateCpes({
      ...{ type: 'dotnet', name, version },
      ...{
        names: [],
        plainProducts: [product, `${product}_.net`],
        plainVendors: [product],
        isVendorKnown: true,
      },
    }),
  });
}

/** A runtime is one package, however many assemblies it has; that an application's list names it already is enough. */
function runtimesOf(
  files: readonly FoundFile<DotnetEvidence>[],
  packages: readonly CatalogedPackage[],
): CatalogedPackage[] {
  const known = new Set(packages.map(({ name, version }) => `${name} ${version}`));
  return files.flatMap((file) => {
    const [, name, version] = runtimeFile.exec(file.path) ?? [];
    if (name === undefined || version === undefined || known.has(`${name} ${version}`)) return [];
    known.add(`${name} ${version}`);
    const found = packageOf(file, name, version);
    const products = {
      'Microsoft.NETCore.App': ['.net', '.net_core'],
      'Microsoft.AspNetCore.App': ['asp.net_core'],
    }[name];
    return [products === undefined ? found : { ...found, cpes: cpesOf(['microsoft'], products, version) }];
  });
}

/** Name and version of an assembly by its resources, where it is one of .NET. */
function assemblyOf(content: Uint8Array): DotnetEvidence | undefined {
  const executable = executableOf(content);
  if (executable?.format !== 'pe') return undefined;
  try {
    if (!isManaged(executable)) return undefined;
    const texts = versionResource(executable);
    const name = assemblyName(texts);
    const version = assemblyVersion(texts);
    return name === '' || version === '' ? undefined : { kind: 'assembly', name, version };
  } catch (error) {
    // Damaged resources are shown by nobody; the assembly itself may run.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Microsoft's assemblies name the whole of .NET as their product. */
function assemblyName(texts: ReadonlyMap<string, string>): string {
  const isMicrosofts =
    /microsoft/i.test(texts.get('CompanyName') ?? '') ||
    /microsoft|\.NET/i.test(texts.get('ProductName') ?? '');
  const fields = isMicrosofts
    ? ['FileDescription', 'InternalName', 'OriginalFilename', 'ProductName']
    : ['ProductName', 'FileDescription', 'InternalName', 'OriginalFilename'];
  const name =
    fields.map((field) => texts.get(field) ?? '').find((each) => each !== '' && each.length <= 200) ?? '';
  return name.replace(/\.(?:dll|exe)$/i, '').replace(/\s+/g, ' ');
}

/** The product's version is that of the package, with the commit after a plus; the file's may count builds. */
function assemblyVersion(texts: ReadonlyMap<string, string>): string {
  const versions = ['ProductVersion', 'FileVersion', 'Assembly Version'].map(
    (field) => texts.get(field) ?? '',
  );
  return (
    versions
      .map((version) => /^\d+(?:\.\d+)+(?:-[\w.-]+)?/.exec(version)?.[0] ?? '')
      .find((each) => each !== '') ?? ''
  );
}
