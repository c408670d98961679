import type { Cataloger } from '../cataloger.ts';
import { cpeOf } from '../cpe.ts';
import { newPackage } from '../new-package.ts';
import { purlOf } from '../purl.ts';
import { linesOf, textOf } from '../text.ts';

interface JvmEvidence {
  readonly implementor: string;
  readonly version: string;
  readonly isJre: boolean;
}

/**
 * Java itself, by the file `release` at the root of its installation. Versions are as Java writes them: `17.0.9+9`, `1.8.0_392`.
 *
 * Source: https://openjdk.org/jeps/223
 */
export const jvm: Cataloger<JvmEvidence> = {
  name: 'jvm',
  revision: 1,
  wants: ({ path, sizeBytes }) => path.endsWith('/release') && sizeBytes < 64 * 1024,
  read(_file, content) {
    const fields = new Map<string, string>();
    for (const line of linesOf(textOf(content))) {
      const [, name, value] = /^([A-Z_]+)="?([^"]*)"?$/.exec(line.trim()) ?? [];
      if (name !== undefined && value !== undefined) fields.set(name, value);
    }
    const version = [
      fields.get('JAVA_RUNTIME_VERSION'),
      fields.get('FULL_VERSION'),
      fields.get('JAVA_VERSION'),
    ].find((each) => each !== undefined && /^\d/.test(each));
    if (version === undefined || fields.get('JAVA_VERSION') === undefined) return undefined;
    return {
      implementor: fields.get('IMPLEMENTOR') ?? fields.get('JVM_VENDOR') ?? '',
      version,
      isJre: fields.get('IMAGE_TYPE') === 'JRE' || fields.get('JAVA_RUNTIME_TYPE') === 'JRE',
    };
  },
  assemble(files) {
    return files.map((file) => {
      const { implementor, version, isJre } = file.evidence;
      const kind = isJre ? 'jre' : 'jdk';
      const [vendor, product] = productOf(file.path, implementor, kind);
      return newPackage({
        type: 'jvm',
        name: product,
        version,
        language: 'java',
        foundBy: 'jvm',
        at: [file],
        purl: purlOf({ type: 'generic', namespace: vendor, name: product, version }),
        cpes: cpesOf(vendor, product, kind, version),
        details: implementor === '' ? {} : { vendor: implementor },
      });
    });
  },
};

/** Vendor and product of the vulnerability database. */
function productOf(
  path: string,
  implementor: string,
  kind: string,
): readonly [vendor: string, product: string] {
  if (/azul/i.test(implementor) || /\/zulu/i.test(path)) return ['azul', 'zulu'];
  if (/\bibm\b|international business machines/i.test(implementor)) return ['ibm', 'java'];
  if (/sun microsystems/i.test(implementor)) return ['sun', kind];
  const isOracles = /oracle/i.test(implementor) && !/openjdk/i.test(path);
  return isOracles ? ['oracle', kind] : ['oracle', 'openjdk'];
}

/** Java 8 and before count updates: `1.8.0_392` is version 1.8.0, update392. */
function cpesOf(vendor: string, product: string, kind: string, version: string): string[] {
  const [, base, update] = /^(1\.\d+\.\d+)_(\d+)/.exec(version) ?? [];
  const plain = base ?? /^\d+(?:\.\d+)*/.exec(version)?.[0] ?? version;
  const products =
    vendor === 'oracle' ? [product, ...(product === 'openjdk' ? [] : ['openjdk', kind])] : [product];
  return [...new Set(products)].map((each) => {
    const cpe = cpeOf(vendor, each, plain);
    return update === undefined ? cpe : cpe.replace(/^((?:[^:]*:){6})\*/, `$1update${Number(update)}`);
  });
}
