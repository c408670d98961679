/** A configuration file as it was in force at a time, without secrets. */
export interface ShownDocument {
  /** `skopos.yaml`, `prometheus.yml`. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** One time that the configuration was read. */
export interface ReloadEntry {
  readonly atMs: number;
  readonly ok: boolean;
  /** Why it was refused, or what of it waits for a restart; '' when there is nothing to say. */
  readonly message: string;
}

/** More are forgotten. */
const mostEntries = 100;

/** How often the configuration was read, how that went, and what it was before. */
export class ReloadHistory {
  #entries: ReloadEntry[];
  #documents: readonly ShownDocument[];
  #before: readonly ShownDocument[] | undefined;

  constructor(startedAtMs: number, documents: readonly ShownDocument[]) {
    this.#entries = [{ atMs: startedAtMs, ok: true, message: '' }];
    this.#documents = documents;
  }

  accepted(entry: Omit<ReloadEntry, 'ok'>, documents: readonly ShownDocument[]): void {
    this.#add({ ...entry, ok: true });
    this.#before = this.#documents;
    this.#documents = documents;
  }

  refused(entry: Omit<ReloadEntry, 'ok'>): void {
    this.#add({ ...entry, ok: false });
  }

  /** Whether the last one was accepted. */
  get ok(): boolean {
    return this.#entries.at(-1)?.ok ?? true;
  }

  get message(): string {
    return this.#entries.at(-1)?.message ?? '';
  }

  /** When a configuration was last accepted: what is in force is of then. */
  get atMs(): number {
    return this.#entries.findLast(({ ok }) => ok)?.atMs ?? 0;
  }

  /** The last first. */
  entries(): readonly ReloadEntry[] {
    return this.#entries.toReversed();
  }

  /** What is in force. */
  get documents(): readonly ShownDocument[] {
    return this.#documents;
  }

  /** What was in force before the last reload; undefined when there was none. */
  get before(): readonly ShownDocument[] | undefined {
    return this.#before;
  }

  #add(entry: ReloadEntry): void {
    this.#entries = [...this.#entries, entry].slice(-mostEntries);
  }
}
