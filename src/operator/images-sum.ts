import { BadInputError } from '../kit/app-error.ts';
import type { Severity } from '../model/verdict.ts';
import type { ImageScanOutcome } from './image-scanner.ts';
import type { ImagesResult, Job, JobResult } from './job.ts';

/** Warnings that a result carries; the rest are counted. */
const mostWarnings = 20;

/** What several scans found together. */
export class ImagesSum {
  #succeeded = 0;
  #failed = 0;
  #fixable = 0;
  #warned = 0;
  readonly #vulnerabilities: Record<Severity, number> = {
    critical: 0,
    high: 0,
    medium: 0,
    low: 0,
    unknown: 0,
  };
  readonly #warnings: string[] = [];

  /** Whether nothing could be scanned. */
  get isInVain(): boolean {
    return this.#succeeded === 0;
  }

  add({ image, vulnerabilities, fixable, warnings }: ImageScanOutcome): void {
    this.#succeeded++;
    this.#count(vulnerabilities, fixable);
    for (const warning of warnings) this.warn(`${image}: ${warning}`);
  }

  addResult({ images, failedImages, vulnerabilities, fixable, warnings }: ImagesResult): void {
    this.#succeeded += images - failedImages;
    this.#failed += failedImages;
    this.#count(vulnerabilities, fixable);
    for (const warning of warnings) this.warn(warning);
  }

  failed(problem: string, images = 1): void {
    this.#failed += images;
    this.warn(problem);
  }

  warn(warning: string): void {
    this.#warned++;
    if (this.#warnings.length < mostWarnings) this.#warnings.push(warning);
  }

  result(): ImagesResult {
    const more = this.#warned - this.#warnings.length;
    return {
      images: this.#succeeded + this.#failed,
      failedImages: this.#failed,
      vulnerabilities: this.#vulnerabilities,
      fixable: this.#fixable,
      warnings: more === 0 ? this.#warnings : [...this.#warnings, `and ${more} more`],
    };
  }

  #count(vulnerabilities: Readonly<Record<Severity, number>>, fixable: number): void {
    for (const severity of Object.keys(this.#vulnerabilities) as Severity[])
      this.#vulnerabilities[severity] += vulnerabilities[severity];
    this.#fixable += fixable;
  }
}

/** What the parts of a job found together. */
export class PartsSum {
  readonly #sum = new ImagesSum();
  #all = 0;
  #failed = 0;
  #reason = '';

  /** @param images how many could not be scanned if the part has failed */
  take({ state, result, title, reason }: Job, images: number): void {
    this.#all++;
    if (result?.type === 'images') this.#sum.addResult(result);
    if (state === 'done') return;
    this.#failed++;
    if (this.#reason === '') this.#reason = reason;
    this.#sum.failed(`${title}: ${reason}`, result === undefined ? images : 0);
  }

  warn(warning: string): void {
    this.#sum.warn(warning);
  }

  /**
   * @param nothing what is to be said when there was no part
   * @throws {BadInputError} when every part failed, with the first one's reason
   */
  result(nothing: string): JobResult {
    if (this.#all === 0) this.#sum.warn(nothing);
    if (this.#all > 0 && this.#failed === this.#all) throw new BadInputError('', this.#reason);
    return { type: 'images', ...this.#sum.result() };
  }
}
