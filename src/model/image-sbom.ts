import type { Package } from './package.ts';

/** The distribution an image is made from, as its `os-release` tells. */
export interface Distribution {
  /** `debian`, `alpine`, `rhel` …: the field `ID`. */
  readonly id: string;
  /** `VERSION_ID`; of Debian with the point release (`12.5`) where `/etc/debian_version` tells it; empty for rolling ones. */
  readonly version: string;
  /** `BUILD_ID`, where there is no version: `rolling` of Arch. */
  readonly build?: string;
  readonly codename: string;
  readonly name: string;
  readonly idLike: readonly string[];
  /** Extended-support channels in use, e.g. `eus`, `esm`. */
  readonly channels: readonly string[];
}

/** Why a result is not the whole truth. What is partial is never taken for "no vulnerabilities". */
export interface PartialReason {
  /** The path, layer or package concerned. */
  readonly where: string;
  readonly reason: string;
}

/** What an image is made of: once per digest, kept, and matched again whenever the vulnerability data changes. */
export interface ImageSbom {
  /** Digest of the image's manifest (`sha256:…`); of an archive or folder, a digest of what was read. */
  readonly digest: string;
  /** Digest of its configuration, which runtimes show as the image's id. */
  readonly imageId: string;
  /** `linux/amd64`, `linux/arm64/v8`; empty for a folder. */
  readonly platform: string;
  /** Unpacked layer digests, lowest first. */
  readonly layers: readonly string[];
  readonly sizeBytes: number;
  /** Unix ms of the image's `created`, 0 where it is not written. */
  readonly builtAtMs: number;
  readonly catalogedAtMs: number;
  /** Of whoever cataloged it: results of another version are made anew. */
  readonly analyser: string;
  readonly distribution?: Distribution;
  readonly packages: readonly Package[];
  /** Empty for a whole result. */
  readonly partial: readonly PartialReason[];
}
