import { appendFile } from 'node:fs/promises';

/** Lines that wait to be written; what is over it is lost, and counted in the next line. */
const mostWaiting = 1000;

/**
 * `scrape_failure_log_file`: a line of JSON for each scrape that failed. The file is opened for each write, so that it may be
 * moved away at any time.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export class FailureLog {
  readonly #file: string;
  #waiting: string[] = [];
  #lost = 0;
  #writing: Promise<void> | undefined;
  #problem = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** Why the last write failed; '' when it did not. */
  get problem(): string {
    return this.#problem;
  }

  add(entry: {
    readonly atMs: number;
    readonly job: string;
    readonly target: string;
    readonly error: string;
  }): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#lost++;
      return;
    }
    const { atMs, job, target, error } = entry;
    const line = {
      time: new Date(atMs).toISOString(),
      level: 'ERROR',
      msg: error,
      job_name: job,
      target,
      ...(this.#lost === 0 ? {} : { lost: this.#lost }),
    };
    this.#lost = 0;
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when all that was added is written, or could not be. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        await appendFile(this.#file, lines.join(''));
        this.#problem = '';
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
      }
    }
  }
}
