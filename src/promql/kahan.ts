/**
 * A sum with Neumaier's compensation: adding values of very different size loses nothing that the total can show.
 * `add` first, then read `total`; `reset` to use it again.
 */
export class KahanSum {
  sum = 0;
  compensation = 0;

  reset(): void {
    this.sum = 0;
    this.compensation = 0;
  }

  add(value: number): void {
    const { sum } = this;
    const next = sum + value;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) this.compensation = 0;
    else if (Math.abs(sum) >= Math.abs(value)) this.compensation += sum - next + value;
    else this.compensation += value - next + sum;
    this.sum = next;
  }

  get total(): number {
    return this.sum + this.compensation;
  }
}

/**
 * The mean of values that are added one by one: the compensated sum by the count, and where that sum would overflow,
 * the running mean from there on.
 */
export class KahanMean {
  readonly #sum = new KahanSum();
  #count = 0;
  #mean = 0;
  #incremental = false;

  reset(): void {
    this.#sum.reset();
    this.#count = 0;
    this.#incremental = false;
  }

  add(value: number): void {
    this.#count++;
    const sum = this.#sum;
    if (!this.#incremental) {
      const { sum: before, compensation } = sum;
      sum.add(value);
      if (this.#count === 1 || Math.abs(sum.sum) !== Number.POSITIVE_INFINITY) return;
      this.#incremental = true;
      this.#mean = before / (this.#count - 1);
      sum.compensation = compensation / (this.#count - 1);
    }
    const share = (this.#count - 1) / this.#count;
    sum.sum = share * this.#mean;
    sum.compensation *= share;
    sum.add(value / this.#count);
    this.#mean = sum.sum;
  }

  get mean(): number {
    if (this.#incremental) return this.#mean + this.#sum.compensation;
    return this.#sum.sum / this.#count + this.#sum.compensation / this.#count;
  }
}
