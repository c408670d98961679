/** Which objects a workload made, by their keys. */
export class OwnerIndex {
  readonly #owned = new Map<string, Set<string>>();

  /** An object belongs to another owner than before; undefined for none. */
  move(key: string, before: string | undefined, now: string | undefined): void {
    if (before === now) return;
    if (before !== undefined) this.#leave(key, before);
    if (now === undefined) return;
    const covered = this.#owned.get(now);
    if (covered === undefined) this.#owned.set(now, new Set([key]));
    else covered.add(key);
  }

  of(owner: string): Iterable<string> {
    return this.#owned.get(owner) ?? [];
  }

  #leave(key: string, owner: string): void {
    const covered = this.#owned.get(owner);
    covered?.delete(key);
    if (covered?.size === 0) this.#owned.delete(owner);
  }
}
