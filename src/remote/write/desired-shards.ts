/** An average that forgets: the newest value has a fifth of the weight. */
class MovingRate {
  #rate = 0;
  #hasRate = false;

  get rate(): number {
    return this.#rate;
  }

  tick(perSecond: number): void {
    this.#rate = this.#hasRate ? this.#rate + 0.2 * (perSecond - this.#rate) : perSecond;
    this.#hasRate = true;
  }
}

/** Totals since the start of a queue. */
export interface ShardInputs {
  /** Values read from the log, those that rules drop included. */
  readonly read: number;
  readonly dropped: number;
  /** Values that were taken or given up. */
  readonly settled: number;
  /** Time spent in requests, over all shards. */
  readonly sendSeconds: number;
  /** How far what was sent last is behind what was read last. */
  readonly delaySeconds: number;
}

/** Fewer or more by this share are not worth a change. */
const tolerance = 0.3;
/** Of what waits, so much is to be sent in each second. */
const catchUp = 0.05;

/**
 * How many shards a queue needs: enough to send what comes, and to work off what waits, at the time that a value takes now.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/storage/remote/queue_manager.go (what it does, not how)
 */
export class DesiredShards {
  readonly #least: number;
  readonly #most: number;
  readonly #in = new MovingRate();
  readonly #out = new MovingRate();
  readonly #dropped = new MovingRate();
  readonly #seconds = new MovingRate();
  #before: ShardInputs = { read: 0, dropped: 0, settled: 0, sendSeconds: 0, delaySeconds: 0 };
  /** Not rounded, nor bounded. */
  exact: number;

  constructor(bounds: { readonly min_shards: number; readonly max_shards: number }) {
    this.#least = bounds.min_shards;
    this.#most = bounds.max_shards;
    this.exact = bounds.min_shards;
  }

  /** To be called at a steady pace. @param current shards at work */
  next(inputs: ShardInputs, seconds: number, current: number): number {
    const before = this.#before;
    this.#before = inputs;
    this.#in.tick((inputs.read - before.read) / seconds);
    this.#dropped.tick((inputs.dropped - before.dropped) / seconds);
    this.#out.tick((inputs.settled - before.settled) / seconds);
    this.#seconds.tick((inputs.sendSeconds - before.sendSeconds) / seconds);
    const out = this.#out.rate;
    if (out <= 0) return current;
    const wanted = this.#in.rate * (out / (out + this.#dropped.rate));
    const waiting = inputs.delaySeconds * wanted;
    this.exact = (this.#seconds.rate / out) * (wanted + catchUp * waiting);
    const rounded = Math.ceil(this.exact);
    if (rounded >= current * (1 - tolerance) && rounded <= current * (1 + tolerance)) return current;
    if (rounded < current && inputs.delaySeconds > 10) return current;
    return Math.max(this.#least, Math.min(this.#most, rounded));
  }
}
