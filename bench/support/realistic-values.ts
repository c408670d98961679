/**
 * Numbers as exporters and kube-state-metrics have them. Of twenty series ten never change (states, information, buckets that nothing
 * falls in), three count events that are rare and two frequent ones, two are memory in pages, one counts seconds, two are readings
 * with two decimals.
 */
export class RealisticValues {
  readonly #values: Float64Array;
  #seed = 42;

  constructor(series: number) {
    this.#values = new Float64Array(series);
    for (let i = 0; i < series; i++) this.#values[i] = i % 20 < 10 ? i % 3 : Math.floor(this.#random() * 1e6);
  }

  /** The next value of a series. */
  next(i: number): number {
    const kind = i % 20;
    if (kind < 10) return this.#values[i] as number;
    const random = this.#random();
    let value = this.#values[i] as number;
    if (kind < 13) value += random < 0.05 ? 1 : 0;
    else if (kind < 15) value += Math.floor(random * random * 40);
    else if (kind < 17) value += random < 0.3 ? Math.floor((random - 0.15) * 300) * 4096 : 0;
    else if (kind === 17) value = Math.round(value * 100 + random * 300) / 100;
    else value = Math.round((50 + ((value % 100) - 50) * 0.9 + (random - 0.5) * 4) * 100) / 100;
    this.#values[i] = value;
    return value;
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  }
}
