import type { ObjectRef } from '../model/object.ts';
import type { Severity } from '../model/verdict.ts';

/** Which workloads' images; without any field: those of the whole cluster. */
export interface ImageScope {
  readonly namespaces?: readonly string[];
  /** One workload; its group may be unknown. */
  readonly object?: { readonly kind: string; readonly namespace: string; readonly name: string };
  /** These images, whoever runs them. */
  readonly images?: readonly string[];
}

/** A container registry to look through, as commands name it. */
export interface RegistryRef {
  /** Host, with the port and the path that repositories begin with, where there are: `registry.shop:5000/team`. */
  readonly name: string;
  /** `quay.io`, `ecr`, …; '' where it does not matter. */
  readonly provider: string;
  /** Plain HTTP. */
  readonly insecure: boolean;
  readonly skipTlsVerify: boolean;
  /** How many tags of each repository, the newest first. */
  readonly depth: number;
  /** Only repositories whose names match one of these. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** `linux/arm64`, …: each of these of an image for several; what is configured when left out. */
  readonly platforms?: readonly string[];
}

export interface ImageScanRequest {
  readonly image: string;
  /** The job's id, for logs and the ledger. */
  readonly cause: string;
  readonly workload?: ObjectRef;
  readonly container?: string;
  /** The look through a registry that it was found by: what its tag leads to there now is scanned, whatever runs under that name. */
  readonly found?: FoundBy;
  /** Of one that was found; the first that is configured when left out. */
  readonly platform?: string;
}

/** Who looked through a registry. */
export interface FoundBy {
  readonly job: string;
  /** The recurring scan that the job is a run of; '' for none. */
  readonly schedule: string;
}

/** An image of a registry with its tag, as {@link ImageScanner.scan} takes it, for one platform. */
export interface FoundImage {
  readonly image: string;
  readonly platform: string;
}

/** An image, or why some of them cannot be listed. */
export type ListedImage = FoundImage | { readonly problem: string };

/** One look through a registry, which can be watched, and gone on with when it does not come to its end. */
export interface RegistryScan {
  /** All that is in scope. @returns what is left to scan: not what an unfinished scan of the same scope has scanned */
  begin(images: readonly FoundImage[]): readonly FoundImage[];
  /** Whether the registry cannot be asked now: what failed meanwhile is worth another try. */
  readonly isTroubled: boolean;
  /** Waits while the registry wants no requests. @throws when that is too long, or it does not answer at all */
  untilWanted(signal: AbortSignal): Promise<void>;
  /** What became of one of them. */
  tell(outcome: 'done' | 'failed'): void;
  /** @param reason why before its end; '' when all was looked at */
  end(reason: string, isListed: boolean): void;
}

export interface ImageScanOutcome {
  readonly image: string;
  /** `sha256:…` of what was scanned. */
  readonly digest: string;
  readonly packages: number;
  readonly vulnerabilities: Readonly<Record<Severity, number>>;
  readonly fixable: number;
  /** What could not be told of it although it was scanned. */
  readonly warnings: readonly string[];
}

/** What the operator needs of the scanner of images; `src/roles` provides it where there is one. */
export interface ImageScanner {
  /** @throws when the image cannot be fetched or read; the message is shown to people. */
  scan(request: ImageScanRequest, signal: AbortSignal): Promise<ImageScanOutcome>;
  /** Images of a registry that are in scope. @throws when it cannot be listed. */
  imagesOf(registry: RegistryRef, signal: AbortSignal): AsyncIterable<ListedImage>;
  /** A look through a registry begins. */
  look(registry: RegistryRef, by: FoundBy): RegistryScan;
  /** Whether the registry answers, with the credentials that there are. @throws with the reason when it does not. */
  check(registry: RegistryRef, signal: AbortSignal): Promise<void>;
}
