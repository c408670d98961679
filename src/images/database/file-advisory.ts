import type { Advisory, AdvisoryPackage, OperatingSystem } from './advisory.ts';

/** What a row of handles says. */
export type AdvisoryHandle = Omit<Advisory, 'about'>;

/** A row whose blob is read when it is first asked for. */
export class FileAdvisory implements Advisory {
  readonly file: number;
  readonly vulnerability: number;
  readonly operatingSystem: OperatingSystem | undefined;
  readonly ecosystem: string;
  readonly targetSoftware: string | undefined;
  readonly blob: number;
  readonly #read: (blob: number) => AdvisoryPackage;

  constructor(handle: AdvisoryHandle, read: (blob: number) => AdvisoryPackage) {
    this.file = handle.file;
    this.vulnerability = handle.vulnerability;
    this.operatingSystem = handle.operatingSystem;
    this.ecosystem = handle.ecosystem;
    this.targetSoftware = handle.targetSoftware;
    this.blob = handle.blob;
    this.#read = read;
  }

  get about(): AdvisoryPackage {
    return this.#read(this.blob);
  }
}
