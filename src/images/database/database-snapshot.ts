import { messageOf } from '../../kit/app-error.ts';
import type { Distribution } from '../../model/image-sbom.ts';
import type {
  Advisory,
  AdvisoryRecord,
  ExploitPrediction,
  KnownExploited,
  OperatingSystem,
} from './advisory.ts';
import { changesBetween } from './changes-between.ts';
import type { Cpe } from './cpe.ts';
import type { DataChanges } from './data-changes.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { DatabaseFile, type Provider } from './database-file.ts';
import { findOperatingSystems, type LookUp } from './operating-systems.ts';
import type { RowTest } from './package-rows.ts';
import { type RowKind, rowKinds } from './rows-by-name.ts';

/** A snapshot that is closed by now, and the names of which it told something else than the next one. */
export interface Predecessor {
  readonly snapshot: DatabaseSnapshot;
  readonly changes: DataChanges;
}

/** The data at one time: Grype's database and one's own advisories, asked as one. */
export class DatabaseSnapshot {
  /** Grype's database; absent where there are advisories of one's own alone. */
  readonly main: DatabaseFile | undefined;
  readonly providers: readonly Provider[];
  /** What it took the place of; see {@link DatabaseSnapshot.follow}. */
  #before: Predecessor | undefined;
  readonly #files: readonly DatabaseFile[];

  /**
   * @param own files of advisories; one that cannot be read is left out and told of, as the others still hold
   * @throws {VulnerabilityDatabaseError} when the main file cannot be read.
   */
  static open(
    main: string | undefined,
    own: readonly string[],
  ): {
    readonly snapshot: DatabaseSnapshot | undefined;
    readonly unreadable: readonly { readonly file: string; readonly problem: string }[];
  } {
    const first = main === undefined ? undefined : new DatabaseFile(main, 0);
    const files: DatabaseFile[] = first === undefined ? [] : [first];
    const unreadable: { file: string; problem: string }[] = [];
    for (const file of own) {
      try {
        files.push(new DatabaseFile(file, files.length));
      } catch (error) {
        if (!(error instanceof VulnerabilityDatabaseError)) throw error;
        unreadable.push({ file, problem: messageOf(error) });
      }
    }
    return { snapshot: files.length === 0 ? undefined : new DatabaseSnapshot(first, files), unreadable };
  }

  private constructor(main: DatabaseFile | undefined, files: readonly DatabaseFile[]) {
    this.main = main;
    this.#files = files;
    this.providers = files.flatMap((file) => file.providers);
  }

  /** The operating systems of the data that stand for a distribution; none when it is not known. */
  operatingSystems(distribution: Distribution, lookUp: LookUp = {}): readonly OperatingSystem[] {
    const overrides = this.#files.flatMap((file) => file.overrides);
    return this.#files.flatMap((file) =>
      findOperatingSystems(distribution, { systems: file.operatingSystems, overrides }, lookUp),
    );
  }

  /** Whether the data says anything of packages of one of these. */
  hasRows(systems: readonly OperatingSystem[]): boolean {
    return systems.some((system) => this.#files[system.file]?.hasRows(system) === true);
  }

  /** Rows of a package of operating systems: all, or those that a test lets pass. */
  byOperatingSystems(
    kind: RowKind,
    systems: readonly OperatingSystem[],
    name: string,
    test?: RowTest,
  ): readonly Advisory[] {
    return allOf(systems, ({ file, id }) => this.#files[file]?.rows(kind, id, name, test) ?? []);
  }

  /** Rows of a package of an ecosystem that are of no operating system: all, or those that a test lets pass. */
  byEcosystem(kind: RowKind, ecosystem: string, name: string, test?: RowTest): readonly Advisory[] {
    return allOf(this.#files, (file) => file.rows(kind, ecosystemIn(file, ecosystem), name, test));
  }

  /** Reads the rows of many names of operating systems at once, for {@link DatabaseSnapshot.byOperatingSystems}. */
  fetchOfSystems(systems: readonly OperatingSystem[], names: Iterable<string>): void {
    for (const { file, id } of systems)
      for (const kind of rowKinds) this.#files[file]?.fetchRows(kind, id, names);
  }

  /** Reads the rows of many names of an ecosystem at once, for {@link DatabaseSnapshot.byEcosystem}. */
  fetchOfEcosystem(ecosystem: string, names: Iterable<string>): void {
    for (const file of this.#files)
      for (const kind of rowKinds) file.fetchRows(kind, ecosystemIn(file, ecosystem), names);
  }

  /** Reads at once all that is told of these rows, and their records. */
  fetchAbout(advisories: readonly Advisory[]): void {
    const byFile = new Map<number, Advisory[]>();
    for (const advisory of advisories) {
      const others = byFile.get(advisory.file);
      if (others === undefined) byFile.set(advisory.file, [advisory]);
      else others.push(advisory);
    }
    for (const [index, all] of byFile) this.#files[index]?.fetchAbout(all);
  }

  /** What the data calls an ecosystem. */
  ecosystemNames(ecosystem: string): readonly string[] {
    return [...new Set(this.#files.map((file) => ecosystemIn(file, ecosystem)))];
  }

  byCpe(kind: RowKind, cpe: Cpe): readonly Advisory[] {
    return this.#files.flatMap((file) => file.byCpe(kind, cpe));
  }

  record(advisory: Pick<Advisory, 'file' | 'vulnerability'>): AdvisoryRecord {
    const file = this.#files[advisory.file];
    if (file === undefined) throw new RangeError(`there is no file ${advisory.file} of the database`);
    return file.record(advisory.vulnerability);
  }

  knownExploited(cves: readonly string[]): KnownExploited | undefined {
    return this.#firstOf(cves, (file, cve) => file.knownExploited(cve));
  }

  exploitPrediction(cves: readonly string[]): ExploitPrediction | undefined {
    return this.#firstOf(cves, (file, cve) => file.exploitPrediction(cve));
  }

  /**
   * What changed since the snapshot that it took the place of, given once: for who keeps what rests on that one. Undefined where
   * that is not known.
   */
  takePredecessor(): Predecessor | undefined {
    const before = this.#before;
    this.#before = undefined;
    return before;
  }

  /** Takes the place of another, that is still open. What nobody has taken of that one's own predecessor is passed on. */
  follow(snapshot: DatabaseSnapshot): void {
    const changes = changesBetween(snapshot.#files, this.#files);
    const earlier = snapshot.takePredecessor();
    if (changes === undefined) return;
    if (earlier !== undefined) changes.addAll(earlier.changes);
    this.#before = { snapshot: earlier?.snapshot ?? snapshot, changes };
  }

  /** Files, for those who search. */
  get files(): readonly DatabaseFile[] {
    return this.#files;
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #firstOf<Found>(
    cves: readonly string[],
    ask: (file: DatabaseFile, cve: string) => Found | undefined,
  ): Found | undefined {
    for (const cve of cves)
      for (const file of this.#files) {
        const found = ask(file, cve);
        if (found !== undefined) return found;
      }
    return undefined;
  }
}

/** What each gives, in one list: without another where there is one alone, as nearly always. */
function allOf<From, To>(from: readonly From[], give: (one: From) => readonly To[]): readonly To[] {
  const [first] = from;
  return from.length === 1 && first !== undefined ? give(first) : from.flatMap(give);
}

/** The data may call an ecosystem by another name. */
function ecosystemIn({ ecosystems }: DatabaseFile, ecosystem: string): string {
  return ecosystems.get(ecosystem.toLowerCase()) ?? ecosystem;
}
