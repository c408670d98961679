import type { Json } from './build.ts';
import { chain } from './chain.ts';
import { cluster } from './cluster.ts';
import { images } from './images.ts';
import { node } from './node.ts';
import { posture } from './posture.ts';
import { workload } from './workload.ts';

/** Our own dashboards by the names of their files in `dashboards/`. */
export const shippedDashboards: Readonly<Record<string, Json>> = {
  'skopos-posture.json': posture,
  'skopos-images.json': images,
  'skopos-chain.json': chain,
  'skopos-cluster.json': cluster,
  'skopos-node.json': node,
  'skopos-workload.json': workload,
};
