/** Of manifests: what registries are asked for. */
export const manifestTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

const layerTypes = new Set([
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.docker.image.rootfs.diff.tar.zstd',
]);

/** Layers that image makers may not pass on, such as those of Windows: registries mostly do not have them. */
const foreignTypes =
  /^application\/vnd\.(?:oci\.image\.layer\.nondistributable\.v1\.tar|docker\.image\.rootfs\.foreign\.diff\.tar)(?:[+.](?:gzip|zstd))?$/;

/** Whether a layer of this type can be read. How it is packed is told by its bytes. */
export function kindOfLayer(mediaType: string): 'layer' | 'foreign' | 'unknown' {
  if (layerTypes.has(mediaType)) return 'layer';
  return foreignTypes.test(mediaType) ? 'foreign' : 'unknown';
}

/** Configurations of images; of anything else that registries keep (charts, signatures) there are no packages. */
export function isImageConfig(mediaType: string): boolean {
  return (
    mediaType === 'application/vnd.oci.image.config.v1+json' ||
    mediaType === 'application/vnd.docker.container.image.v1+json'
  );
}
