import { Buffer } from 'node:buffer';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { PartialReason } from '../../model/image-sbom.ts';

/** Two texts: a path, and something of it. */
export type Pair = readonly [path: string, other: string];

/**
 * What is kept of a layer once it was read: the names of everything, where links lead, what it removes from the layers below,
 * and what catalogers read. All paths are absolute, as the layer spells them.
 */
export interface LayerRecord {
  /** `sha256:…` of the unpacked archive; empty for a folder. */
  readonly diffId: string;
  readonly entries: number;
  readonly bytes: number;
  /** Folders: the path, the names in it that are no folders, joined by `/`, and whether it has an entry of its own. */
  readonly folders: readonly (readonly [path: string, names: string, isOwn: boolean])[];
  /** Symbolic links and where they lead, as written. */
  readonly links: readonly Pair[];
  /** Hard links and the paths they are another name of. */
  readonly hardLinks: readonly Pair[];
  /** Paths that are not there any more, with all below. */
  readonly removed: readonly string[];
  /** Folders of which nothing of the layers below is there. */
  readonly opaque: readonly string[];
  /** By cataloger, what it read of which path. */
  readonly evidence: ReadonlyMap<string, readonly (readonly [path: string, evidence: unknown])[]>;
  readonly partial: readonly PartialReason[];
}

/** Counted up when a record looks otherwise, or when the same layer gives another. */
export const recordRevision = 1;

/** A layer of which nothing is known but why. */
export function unreadLayer(diffId: string, partial: readonly PartialReason[]): LayerRecord {
  return {
    ...{ diffId, entries: 0, bytes: 0, folders: [], links: [], hardLinks: [], removed: [], opaque: [] },
    evidence: new Map(),
    partial,
  };
}

/** As bytes: packed, with a checksum. */
export function encodeRecord(record: LayerRecord): Uint8Array {
  return gzipSync(serialize(record), { level: 1 });
}

/** @throws what gzip or V8 say of bytes that are damaged. */
export function decodeRecord(bytes: Uint8Array): LayerRecord {
  return deserialize(
    gunzipSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  ) as LayerRecord;
}
