/** The JSON of images; types only, like contract.ts. Times in Unix ms. */

/** GET /images */
export interface ImagesJson {
  /** False where this process scans no images; the rest is empty then. */
  readonly enabled: boolean;
  /** Images in use, those with the most critical vulnerabilities first. */
  readonly items: readonly ImageJson[];
  readonly total: number;
  /** Over all images in use, by what is known of them. */
  readonly states: Readonly<Record<ImageJson['state'], number>>;
  readonly data: ImageDataJson;
}

/** The vulnerability data that images are matched with. */
export interface ImageDataJson {
  readonly state: 'ready' | 'stale' | 'missing' | 'broken';
  /** What is wrong with it; '' when nothing is. */
  readonly problem: string;
  /** 0 where there is none. */
  readonly builtAtMs: number;
}

export interface ImageJson {
  /** By what it is pulled: `docker.io/library/nginx@sha256:…`. */
  readonly reference: string;
  readonly platform: string;
  readonly repository: string;
  /** As containers write it. */
  readonly names: readonly string[];
  /** Absent while it has not been looked at. */
  readonly digest?: string;
  /** `unknown`: nothing can be said; that no vulnerabilities are counted then means nothing. */
  readonly state: 'waiting' | 'scanning' | 'complete' | 'partial' | 'unknown';
  /** Why it is not complete. */
  readonly reasons: readonly string[];
  readonly packages: number;
  readonly vulnerabilities: Readonly<Record<ImageSeverity, ImageCountJson>>;
  readonly knownExploited: number;
  readonly matchedAtMs?: number;
  readonly workloads: readonly {
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
    readonly container: string;
  }[];
}

export type ImageSeverity = 'critical' | 'high' | 'medium' | 'low' | 'negligible' | 'unknown';

export interface ImageCountJson {
  readonly all: number;
  readonly fixable: number;
}

/** GET /images/:digest */
export interface ImageDetailJson {
  readonly digest: string;
  /** The images in use that have this digest; empty for one that is remembered alone. */
  readonly uses: readonly ImageJson[];
  readonly state: 'complete' | 'partial' | 'unknown';
  readonly reasons: readonly string[];
  readonly matchedAtMs: number;
  /** How many matches do not count, by rules. */
  readonly ignored: number;
  /** The riskiest first. */
  readonly vulnerabilities: readonly ImageVulnerabilityJson[];
}

export interface ImageVulnerabilityJson {
  readonly id: string;
  readonly namespace: string;
  readonly severity: ImageSeverity;
  readonly knownExploited: boolean;
  /** 0..100. */
  readonly risk: number;
  readonly epss?: number;
  readonly package: {
    readonly type: string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
  };
  readonly fix: { readonly state: string; readonly versions: readonly string[] };
  /** Of this vulnerability and package in any image of the repository; absent where the image is not in use. */
  readonly status?: 'new' | 'still' | 'fixed';
  readonly firstSeenMs?: number;
}
