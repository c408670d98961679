import { listOf, objectOf, textOf } from '../database/blobs.ts';
import { imageNoteName, packageNoteName, readImageNote } from './notes.ts';
import { distributionOfPackages, packageFrom, plainDistribution, type SbomParts } from './sbom-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Components that are no software to look up. */
const passedOver: ReadonlySet<string> = new Set(['operating-system', 'file', 'data', 'device', 'container']);

/** Nested deeper than anybody nests components. */
const deepest = 32;

/** Source: https://cyclonedx.org/docs/1.6/json/ */
export function readCycloneDx(document: Fields): SbomParts {
  const root = objectOf(objectOf(document['metadata'])['component']);
  const components = flattened(listOf(document['components']), 0);
  const image = readImageNote(propertyOf(root, imageNoteName));
  const packages = components.filter((one) => !passedOver.has(textOf(one['type']))).map(packageOf);
  const system = components.find((one) => one['type'] === 'operating-system');
  const distribution =
    system === undefined
      ? distributionOfPackages(packages)
      : plainDistribution(
          propertyOf(system, 'syft:distro:id') ?? textOf(system['name']).toLowerCase(),
          propertyOf(system, 'syft:distro:versionID') ?? textOf(system['version']),
          textOf(system['description']) || textOf(system['name']),
        );
  return {
    ...(image === undefined ? {} : { image }),
    ...(distribution === undefined ? {} : { distribution }),
    packages,
  };
}

/** Components may have components. */
function flattened(list: readonly unknown[], depth: number): readonly Fields[] {
  if (depth > deepest) return [];
  return list.flatMap((one) => {
    const fields = objectOf(one);
    return [fields, ...flattened(listOf(fields['components']), depth + 1)];
  });
}

function packageOf(component: Fields) {
  const group = textOf(component['group']);
  const name = textOf(component['name']);
  const cpes = [textOf(component['cpe']), ...propertiesOf(component, 'syft:cpe23')].filter(
    (cpe) => cpe !== '',
  );
  return packageFrom({
    name: group === '' ? name : `${group}/${name}`,
    version: textOf(component['version']),
    purl: textOf(component['purl']),
    cpes: [...new Set(cpes)],
    licenses: licensesOf(component),
    note: propertyOf(component, packageNoteName),
  });
}

function licensesOf(component: Fields): readonly string[] {
  return listOf(component['licenses'])
    .map((entry) => {
      const { expression, license } = objectOf(entry) as { expression?: unknown; license?: unknown };
      return textOf(expression) || textOf(objectOf(license)['id']) || textOf(objectOf(license)['name']);
    })
    .filter((license) => license !== '');
}

function propertyOf(component: Fields, name: string): string | undefined {
  return propertiesOf(component, name)[0];
}

function propertiesOf(component: Fields, name: string): readonly string[] {
  return listOf(component['properties'])
    .map(objectOf)
    .filter((property) => property['name'] === name)
    .map((property) => textOf(property['value']));
}
