import type { RequestSigner } from '../http/aws/request-signer.ts';
import type { HttpClient } from '../http/client.ts';
import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import { alertsJson } from './alert-json.ts';

/** Alerts that wait for one Alertmanager at most; the oldest go first when there are more. */
export const queueCapacity = 10_000;
/** Alerts in one request. */
const batchLength = 256;
/** Requests whose times the quantiles are of. */
const keptTimes = 500;
/** How long a stop goes on sending what waits. */
const drainMs = 10_000;

export interface AlertmanagerQueueOptions {
  readonly url: string;
  readonly client: HttpClient;
  readonly signer: RequestSigner | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Alerts on their way to one Alertmanager. A request that fails is not sent again: rules send what fires again within a minute, and
 * what resolved for fifteen.
 */
export class AlertmanagerQueue {
  readonly options: AlertmanagerQueueOptions;
  /** Alerts handed over, requests that failed included, as Prometheus counts. */
  sent = 0;
  errors = 0;
  dropped = 0;
  requests = 0;
  requestSeconds = 0;
  problem = '';
  lastSuccessMs: number | undefined;
  readonly #times: number[] = [];
  #waiting: Alert[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;
  #isStarted = false;

  constructor(options: AlertmanagerQueueOptions) {
    this.options = options;
  }

  get length(): number {
    return this.#waiting.length;
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Seconds that the given share of recent requests did not exceed; NaN before the first. */
  quantile(share: number): number {
    const sorted = [...this.#times].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  }

  add(alerts: readonly Alert[]): void {
    this.#waiting.push(...alerts);
    const over = this.#waiting.length - queueCapacity;
    if (over > 0) {
      this.#waiting = this.#waiting.slice(over);
      this.dropped += over;
      this.options.log.warn(
        { alertmanager: this.options.url, dropped: over },
        'the queue of alerts for an Alertmanager is full; the oldest are dropped',
      );
    }
    this.#wake?.();
  }

  /** Sends until aborted, and then what waits for a while longer. Ends at once when closed. */
  async run(signal: AbortSignal): Promise<void> {
    this.#isStarted = true;
    const wake = (): void => this.#wake?.();
    signal.addEventListener('abort', wake, { once: true });
    const { clock } = this.options;
    let untilMs = Number.POSITIVE_INFINITY;
    while (!this.#isClosed && clock.now() < untilMs) {
      if (signal.aborted) untilMs = Math.min(untilMs, clock.now() + drainMs);
      if (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, batchLength));
      else if (signal.aborted) break;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
    this.dropped += this.#waiting.length;
    this.#waiting = [];
    signal.removeEventListener('abort', wake);
  }

  /** The Alertmanager is no longer there. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async #send(alerts: readonly Alert[]): Promise<void> {
    const { clock, log, url } = this.options;
    const startMs = performance.now();
    const problem = await this.#post(alertsJson(alerts));
    const seconds = (performance.now() - startMs) / 1000;
    this.requests++;
    this.requestSeconds += seconds;
    this.#times.push(seconds);
    if (this.#times.length > keptTimes) this.#times.shift();
    this.sent += alerts.length;
    if (problem === '') {
      this.lastSuccessMs = clock.now();
    } else {
      this.errors += alerts.length;
      this.dropped += alerts.length;
      log.error(
        { alertmanager: url, alerts: alerts.length, problem },
        'alerts were not taken by an Alertmanager',
      );
    }
    this.problem = problem;
  }

  /** @returns what went wrong; '' when nothing did */
  async #post(body: string): Promise<string> {
    const { client, signer, url, clock, timeoutMs } = this.options;
    const giveUp = new AbortController();
    const cancel = clock.timer(timeoutMs, () => giveUp.abort());
    try {
      const headers = (await signer?.headers({ url, body, headers: {} }, giveUp.signal)) ?? {};
      const reply = await client.post({ url, body, headers }, giveUp.signal);
      const text = reply.body.trim().slice(0, 300);
      return reply.status >= 200 && reply.status < 300
        ? ''
        : `HTTP ${reply.status}${text === '' ? '' : `: ${text}`}`;
    } catch (error) {
      return messageOf(error);
    } finally {
      cancel();
    }
  }
}
