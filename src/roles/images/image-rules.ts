import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type MatchRules, noRules } from '../../images/live/matcher.ts';
import { readGrypeConfig } from '../../images/match/grype-config.ts';
import { readVex } from '../../images/match/vex/read-vex.ts';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { Logger } from '../../log/logger.ts';
import { expandFiles } from '../paths.ts';

/** Where it is written what does not count. */
export interface RulePlaces {
  /** Files and folders with rules in Grype's format. */
  readonly ignoreFiles: readonly string[];
  /** Files and folders with OpenVEX and CSAF documents. */
  readonly vexFiles: readonly string[];
  /** ConfigMaps: keys that end in `.json` are VEX documents, the others rules. */
  readonly configMaps: readonly string[];
}

export interface ImageRulesOptions {
  readonly places: RulePlaces;
  /** For ConfigMaps; absent where there is no cluster. */
  readonly client?: Pick<KubeClient, 'get'>;
  /** Of the ConfigMaps. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told when other rules hold than before. */
  readonly onChanged: (rules: ImageRules) => void;
  /** How often the places are looked at; 30 s when left out. */
  readonly everyMs?: number;
}

/** What reading ConfigMaps of rules asks of the API server. */
export function ruleMapRules(names: readonly string[]) {
  return [{ apiGroups: [''], resources: ['configmaps'], resourceNames: names, verbs: ['get'] }];
}

interface Document {
  /** Told with what it ignores. */
  readonly source: string;
  readonly kind: 'ignore' | 'vex';
  readonly text: string;
}

/**
 * What people say does not count: ignore rules and VEX documents, of files and ConfigMaps. They are looked at again and again, and what
 * they say holds from then on. While one of them cannot be read, what was last read of all of them stands.
 */
export class ImageRules implements Component {
  readonly name = 'rules of images';
  readonly #options: ImageRulesOptions;
  #places: RulePlaces;
  #rules: MatchRules = noRules;
  #counts = { rules: 0, statements: 0 };
  #problem = '';
  /** Of the ConfigMaps, as they were last read. */
  #maps: readonly Document[] = [];

  /** @throws {BadInputError} when a file is not there or cannot be understood. */
  constructor(options: ImageRulesOptions) {
    this.#options = options;
    this.#places = options.places;
    this.#take(fileDocuments(options.places));
  }

  get rules(): MatchRules {
    return this.#rules;
  }

  /** How many rules and statements hold. */
  get counts(): { readonly rules: number; readonly statements: number } {
    return this.#counts;
  }

  /** Why the places could not be read at the last look; '' when they could. */
  get problem(): string {
    return this.#problem;
  }

  /** Other places from now on. @throws {BadInputError} and then nothing has changed. */
  load(places: RulePlaces): void {
    const changed = this.#take([...fileDocuments(places), ...this.#maps]);
    this.#places = places;
    if (changed) this.#options.onChanged(this);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs = 30_000 } = this.#options;
    do await this.look(signal);
    while (await sleep(everyMs, signal, clock));
  }

  /** Never throws. */
  async look(signal: AbortSignal): Promise<void> {
    const { log, onChanged } = this.#options;
    try {
      const maps = await this.#readMaps(signal);
      const changed = this.#take([...fileDocuments(this.#places), ...maps]);
      this.#maps = maps;
      this.#problem = '';
      if (!changed) return;
      log.info(this.#counts, 'rules of images were read');
      onChanged(this);
    } catch (error) {
      if (signal.aborted) return;
      const problem = messageOf(error);
      if (problem !== this.#problem)
        log.warn({ problem }, 'rules of images cannot be read; those that were read last stand');
      this.#problem = problem;
    }
  }

  /** @returns whether they are other than those that hold. @throws {BadInputError} */
  #take(documents: readonly Document[]): boolean {
    const version = versionOf(documents);
    if (version === this.#rules.version) return false;
    const ignore = documents
      .filter(({ kind }) => kind === 'ignore')
      .flatMap(({ text, source }) =>
        readGrypeConfig(text, source).ignore.map((rule) => ({ ...rule, source })),
      );
    const statements = documents
      .filter(({ kind }) => kind === 'vex')
      .flatMap(({ text, source }) => readVex(text, source));
    this.#rules = { version, ignore, statements };
    this.#counts = { rules: ignore.length, statements: statements.length };
    return true;
  }

  async #readMaps(signal: AbortSignal): Promise<readonly Document[]> {
    const { client, namespace } = this.#options;
    const documents: Document[] = [];
    for (const name of client === undefined ? [] : this.#places.configMaps) {
      const data = await readMap(client, namespace, name, signal);
      for (const [key, text] of Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)))
        documents.push({
          source: `ConfigMap ${name}, ${key}`,
          kind: key.endsWith('.json') ? 'vex' : 'ignore',
          text,
        });
    }
    return documents;
  }
}

/** One that is not there says nothing: it may be made later. */
async function readMap(
  client: Pick<KubeClient, 'get'> | undefined,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
    const found = await client?.get<{ readonly data?: Readonly<Record<string, string>> }>({ path, signal });
    return found?.data ?? {};
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return {};
    throw error;
  }
}

function fileDocuments({ ignoreFiles, vexFiles }: RulePlaces): readonly Document[] {
  return [
    ...read(expandFiles(ignoreFiles, 'images.ignore_files'), 'ignore'),
    ...read(expandFiles(vexFiles.map(documentsOf), 'images.vex_files'), 'vex'),
  ];
}

/** A folder stands for its documents, which are JSON. */
function documentsOf(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? `${path}/*.json` : path;
}

function read(paths: readonly string[], kind: Document['kind']): readonly Document[] {
  return paths.map((path) => {
    try {
      return { source: basename(path), kind, text: readFileSync(path, 'utf8') };
    } catch (error) {
      throw new BadInputError('', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
    }
  });
}

/** '' when there is nothing at all. */
function versionOf(documents: readonly Document[]): string {
  if (documents.length === 0) return '';
  return createHash('sha256').update(JSON.stringify(documents)).digest('hex').slice(0, 16);
}
