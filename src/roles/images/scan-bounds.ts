import type { ScanBounds } from '../../images/live/image-reader.ts';
import type { ClusterSettings } from '../../operator/cluster-settings.ts';
import { settingsConfigMap } from '../../operator/permissions.ts';

interface Settings {
  readonly scan?: boolean | undefined;
}

/** What the cluster's ConfigMap says of scans of images. */
export function boundsOf(images: Settings, cluster: ClusterSettings): ScanBounds {
  const { maxImageSize, scanTimeoutMs } = cluster;
  return {
    ...(maxImageSize === undefined ? {} : { maxImageBytes: maxImageSize }),
    ...(scanTimeoutMs === undefined ? {} : { timeoutMs: scanTimeoutMs }),
    scansNew: whyHeld(images, cluster) === '',
  };
}

/**
 * Why images that nobody has looked at wait until somebody asks for them; '' when they do not. What our own configuration says in so
 * many words counts more than the ConfigMap.
 */
export function whyHeld({ scan }: Settings, cluster: ClusterSettings): string {
  if (scan === true) return '';
  const key = (['imageVulnerabilitiesScanningEnabled', 'triggerNewImageScan'] as const).find(
    (one) => cluster[one] === false,
  );
  return key === undefined
    ? ''
    : `${key} is false in the ConfigMap ${settingsConfigMap}: it is scanned when somebody asks for it`;
}
