import type { OperatorSettings } from '../operator-settings.ts';

/** A section as it would stand under `scrape_configs` of a `prometheus.yml`. */
export interface Section extends Readonly<Record<string, unknown>> {
  readonly job_name: string;
  readonly relabel_configs: readonly Rule[];
}

/** A relabelling rule in the spelling of `prometheus.yml`. */
export type Rule = Readonly<Record<string, unknown>>;

/** A value that an object takes from a Secret or ConfigMap. */
export interface ValueUse {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** Where in the object it is asked for: `endpoints[0].basicAuth.password`. */
  readonly field: string;
  /** The file that holds it; undefined where there is none. */
  readonly file: string | undefined;
}

/** What becomes of an object. */
export interface Conversion {
  /** Empty where there are problems. */
  readonly sections: readonly Section[];
  /** Why the object cannot be honoured, each with its field. */
  readonly problems: readonly string[];
  /** What in it has no effect. */
  readonly notes: readonly string[];
  readonly values: readonly ValueUse[];
}

export interface ConvertContext {
  readonly settings: OperatorSettings;
  /** The text of a file, undefined where there is none that can be read. */
  readonly readFile: (path: string) => string | undefined;
}

/** Gathers what is found out about one object while it is converted. */
export class Notebook {
  readonly #context: ConvertContext;
  readonly #namespace: string;
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  readonly values: ValueUse[] = [];

  constructor(context: ConvertContext, namespace: string) {
    this.#context = context;
    this.#namespace = namespace;
  }

  get settings(): OperatorSettings {
    return this.#context.settings;
  }

  refuse(field: string, problem: string): void {
    this.problems.push(`${field}: ${problem}`);
  }

  /** A file of our own file system that the object names; refused where that is not allowed. */
  ownFile(field: string, path: string): string {
    if (this.settings.arbitraryFSAccessThroughSMs.deny)
      this.refuse(
        field,
        `it names the file ${path} of Skopos' own file system, which metrics.operator.arbitraryFSAccessThroughSMs.deny refuses (true when left out)`,
      );
    return path;
  }

  /** The file with a value of a Secret or ConfigMap of the object's namespace; undefined, and refused, where there is none. */
  valueFile(field: string, kind: ValueUse['kind'], name: string, key: string): string | undefined {
    const folder = this.settings.secretsFolder;
    const namespace = this.#namespace;
    const where = `key "${key}" of ${kind} ${namespace}/${name}`;
    if (
      [namespace, name, key].some(
        (part) => part === '' || part.includes('/') || part === '..' || part === '.',
      )
    ) {
      this.refuse(field, `${where} is no name that can be`);
      return undefined;
    }
    const path = folder ? `${folder}/${namespace}/${name}/${key}` : undefined;
    const isThere = path !== undefined && this.#context.readFile(path) !== undefined;
    this.values.push({ kind, namespace, name, key, field, file: isThere ? path : undefined });
    if (isThere) return path;
    this.refuse(
      field,
      path === undefined
        ? `${where} is not known: Skopos does not read values of Secrets and ConfigMaps from the cluster; mount it, and name the folder at metrics.operator.secretsFolder`
        : `${where} is not known: there is no file ${path} that can be read`,
    );
    return undefined;
  }

  /** Such a value itself, for what is no secret. */
  value(field: string, kind: ValueUse['kind'], name: string, key: string): string | undefined {
    const file = this.valueFile(field, kind, name, key);
    return file === undefined ? undefined : this.#context.readFile(file);
  }

  conversion(sections: readonly Section[]): Conversion {
    const { problems, notes, values } = this;
    return { sections: problems.length > 0 ? [] : sections, problems, notes, values };
  }
}

/** Without what is undefined or null, which stands for "not set". */
export function setFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}
