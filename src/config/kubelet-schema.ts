import { z } from 'zod';
import { duration } from '../kit/duration.ts';

const settings = z.strictObject({
  /** Whether metrics of containers are scraped, which the node process may tell instead. */
  containers: z.boolean().default(true),
  interval: duration.default(30_000),
  /** For kubelets whose serving certificate is signed by nobody. */
  insecure_skip_verify: z.boolean().default(false),
});

/** `metrics.kubelet` of skopos.yaml: whether each node's kubelet is scraped, and how. */
export const kubeletSchema = z
  .union([z.boolean(), settings])
  .transform((said) => (said === true ? settings.parse({}) : said === false ? undefined : said));

export type KubeletSettings = NonNullable<z.output<typeof kubeletSchema>>;
