import { PackageURL } from 'packageurl-js';
import type { CatalogedPackage, Cataloger } from './cataloger.ts';
import { newPackage } from './new-package.ts';
import { textOf } from './text.ts';
import { orUnreadable } from './unreadable-error.ts';

interface BitnamiPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly string[];
  readonly cpes: readonly string[];
}

/**
 * What Bitnami put into its images, by the SPDX documents it leaves there. Their other entries (libraries of the product)
 * are found by their own files.
 *
 * Source: https://github.com/bitnami/vulndb
 */
export const bitnami: Cataloger<readonly BitnamiPackage[]> = {
  name: 'bitnami',
  revision: 2,
  wants: ({ path, sizeBytes }) =>
    /^\/opt\/bitnami\/(?:.+\/)?\.spdx-[^/]+\.spdx$/.test(path) && sizeBytes < 64 * 1024 * 1024,
  read({ path }, content) {
    const json = orUnreadable(
      path,
      'SPDX document',
      () => JSON.parse(textOf(content)) as { packages?: unknown } | null,
    );
    return Array.isArray(json?.packages)
      ? json.packages.flatMap((each: unknown) => packageOf(each))
      : undefined;
  },
  assemble(files) {
    return files.flatMap((file) =>
      file.evidence.map(
        ({ name, version, purl, licenses, cpes }): CatalogedPackage =>
          newPackage({
            type: 'bitnami',
            name,
            version,
            foundBy: 'bitnami',
            at: [file],
            purl,
            licenses,
            cpes,
          }),
      ),
    );
  },
};

function packageOf(value: unknown): BitnamiPackage[] {
  const { externalRefs, licenseConcluded } = (value ?? {}) as {
    externalRefs?: unknown;
    licenseConcluded?: unknown;
  };
  const references = Array.isArray(externalRefs) ? externalRefs : [];
  const locators = (kind: string) =>
    references.flatMap((each: { referenceType?: unknown; referenceLocator?: unknown } | null) =>
      each?.referenceType === kind && typeof each.referenceLocator === 'string'
        ? [each.referenceLocator]
        : [],
    );
  const [purl] = locators('purl').filter((locator) => locator.startsWith('pkg:bitnami/'));
  const parsed = purl === undefined ? undefined : parsedPurl(purl);
  if (purl === undefined || parsed === undefined) return [];
  const isTold = typeof licenseConcluded === 'string' && licenseConcluded !== 'NOASSERTION';
  // They leave open whether it is an application.
  const cpes = locators('cpe23Type').map((cpe) => cpe.replace(/^cpe:2\.3:\*:/, 'cpe:2.3:a:'));
  return [{ ...parsed, purl, licenses: isTold ? [licenseConcluded] : [], cpes }];
}

function parsedPurl(purl: string): { name: string; version: string } | undefined {
  try {
    const { name, version } = PackageURL.fromString(purl);
    // What follows the hyphen counts Bitnami's own builds of a version.
    return name && version ? { name, version: version.replace(/-\d+$/, '') } : undefined;
  } catch {
    return undefined;
  }
}
