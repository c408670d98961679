import type { AssembledImage, AssembleJob, FolderJob, LayerJob, LayerResult } from './layer-work.ts';

/** To a thread. One job at a time; a layer's blob follows its job piece by piece. */
export type ToThread =
  | { readonly kind: 'layer'; readonly job: LayerJob }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob-end' }
  | { readonly kind: 'blob-failed' }
  | { readonly kind: 'folder'; readonly job: FolderJob }
  | { readonly kind: 'assemble'; readonly job: AssembleJob };

/** From a thread. */
export type FromThread =
  /** A piece of the blob was taken. Its memory comes back with it, for another. */
  | { readonly kind: 'taken'; readonly bytes: Uint8Array }
  | { readonly kind: 'layer-read'; readonly result: LayerResult }
  | { readonly kind: 'assembled'; readonly image: AssembledImage }
  | { readonly kind: 'failed'; readonly message: string; readonly isImageError: boolean };
