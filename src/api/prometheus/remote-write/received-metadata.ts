import type { FamilyMetadata } from '../../../wire/write-request.ts';

/** Families that are remembered at most. */
const mostFamilies = 20_000;

/** What senders said of metrics, for `/api/v1/metadata` and for those that we send on to. The newest word on a metric counts. */
export class ReceivedMetadata implements Iterable<FamilyMetadata> {
  readonly #families = new Map<string, FamilyMetadata>();

  add(family: FamilyMetadata): void {
    if (family.name === '' || (this.#families.size >= mostFamilies && !this.#families.has(family.name)))
      return;
    this.#families.set(family.name, family);
  }

  [Symbol.iterator](): Iterator<FamilyMetadata> {
    return this.#families.values();
  }
}
