/** A library of a published application. */
export interface DepsLibrary {
  readonly name: string;
  readonly version: string;
  /** Assemblies that it brought, by their paths beside the list. */
  readonly files: readonly string[];
}

interface Target {
  readonly dependencies: readonly string[];
  readonly files: readonly string[];
}

/**
 * The libraries of a `*.deps.json` that brought a file, or depend on one that did: of the others nothing was published. The
 * application itself counts.
 *
 * Source: https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md#appnamedepsjson
 */
export function depsLibraries(json: unknown): DepsLibrary[] {
  const libraries = objectOf(objectOf(json)['libraries']);
  const targets = targetsOf(json);
  const bringsFiles = new Map<string, boolean>();
  const brings = (key: string): boolean => {
    const known = bringsFiles.get(key);
    if (known !== undefined) return known;
    // While it is looked at it counts as one that does not: dependencies may go in a circle.
    bringsFiles.set(key, false);
    const target = targets.get(key);
    const answer = target !== undefined && (target.files.length > 0 || target.dependencies.some(brings));
    bringsFiles.set(key, answer);
    return answer;
  };
  return Object.entries(libraries).flatMap(([key, library]) => {
    const [name = '', version = ''] = key.split('/');
    if (name === '' || version === '') return [];
    const isProject = objectOf(library)['type'] === 'project';
    return isProject || brings(key) ? [{ name, version, files: targets.get(key)?.files ?? [] }] : [];
  });
}

/** Of all targets together: one for each runtime that the list is for. */
function targetsOf(json: unknown): Map<string, Target> {
  const found = new Map<string, Target>();
  for (const target of Object.values(objectOf(objectOf(json)['targets']))) {
    for (const [key, library] of Object.entries(objectOf(target))) {
      const { dependencies, runtime, resources, native, runtimeTargets } = objectOf(library);
      const files = [runtime, resources, native, runtimeTargets].flatMap((each) =>
        Object.keys(objectOf(each)),
      );
      found.set(key, {
        dependencies: Object.entries(objectOf(dependencies)).map(
          ([name, version]) => `${name}/${String(version)}`,
        ),
        // Published assemblies lie beside the list, whatever folder they had in their package.
        files: files.flatMap((path) => [path, path.slice(path.lastIndexOf('/') + 1)]),
      });
    }
  }
  return found;
}

/**
 * Packages of a `packages.lock.json`, of all frameworks together. The project's own references are none.
 *
 * Source: https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files#locking-dependencies
 */
export function lockedLibraries(json: unknown): DepsLibrary[] {
  const frameworks = Object.values(objectOf(objectOf(json)['dependencies'])).map(objectOf);
  const found = new Map<string, DepsLibrary>();
  for (const [name, entry] of frameworks.flatMap((each) => Object.entries(each))) {
    const version = objectOf(entry)['resolved'];
    if (name === '' || typeof version !== 'string' || version === '') continue;
    found.set(`${name.toLowerCase()} ${version}`, { name, version, files: [] });
  }
  return [...found.values()];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
