/** Text of a page that is read and parsed in one go without holding everything else up. */
const wantedBytes = 4 * 1024 * 1024;

/** The most that the API server gives at once without harm to it. */
const mostObjects = 5000;

/**
 * How many objects to ask for at a time. Objects are anything from 300 bytes to a megabyte, so that the first page is small and the
 * next ones follow from what the last was like.
 */
export class PageSize {
  readonly #most: number;
  #size: number;
  #atLeast = 1;

  /** `most`: however small objects are. */
  constructor(most: number) {
    this.#most = most;
    this.#size = Math.min(most, 50);
  }

  get size(): number {
    return this.#size;
  }

  /** A page of so many objects had so many bytes. */
  saw(objects: number, bytes: number): void {
    if (objects === 0) return;
    const fitting = Math.floor(wantedBytes / Math.max(1, bytes / objects));
    // At most ten times as many as before: the next ones may be larger.
    const next = Math.min(fitting, this.#size * 10, Math.max(this.#most, this.#atLeast));
    this.#size = Math.max(1, this.#atLeast, next);
  }

  /** A list was so long that it expired before its end: fewer and larger pages from now on. */
  tooSlow(): void {
    this.#atLeast = Math.min(mostObjects, Math.max(this.#most, this.#size * 2, this.#atLeast * 2));
    this.#size = this.#atLeast;
  }
}
