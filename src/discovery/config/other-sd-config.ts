import { z } from 'zod';
import { httpConfigSchema } from '../../http/client-config.ts';
import { durationMs } from '../../kit/yaml-fields.ts';

/**
 * Kinds of discovery that Prometheus has and Skopos does not: their sections are accepted and reported, find no targets,
 * and stop nothing else. The port and interval are what they are when left out; the rest is not looked at.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export const otherKinds: Readonly<Record<string, { readonly port?: number; readonly refreshMs?: number }>> = {
  aws: { port: 80, refreshMs: 60_000 },
  azure: { port: 80, refreshMs: 300_000 },
  consul: { refreshMs: 30_000 },
  digitalocean: { port: 80, refreshMs: 60_000 },
  docker: { port: 80, refreshMs: 60_000 },
  dockerswarm: { port: 80, refreshMs: 60_000 },
  ec2: { port: 80, refreshMs: 60_000 },
  ecs: { port: 80, refreshMs: 60_000 },
  elasticache: { port: 80, refreshMs: 60_000 },
  eureka: { refreshMs: 30_000 },
  gce: { port: 80, refreshMs: 60_000 },
  hetzner: { port: 80, refreshMs: 60_000 },
  ionos: { port: 80, refreshMs: 60_000 },
  kuma: { refreshMs: 30_000 },
  lightsail: { port: 80, refreshMs: 60_000 },
  linode: { port: 80, refreshMs: 60_000 },
  marathon: { refreshMs: 30_000 },
  msk: { port: 80, refreshMs: 60_000 },
  nerve: {},
  nomad: { refreshMs: 60_000 },
  oci: { port: 80, refreshMs: 60_000 },
  openstack: { port: 80, refreshMs: 60_000 },
  outscale: { port: 80, refreshMs: 60_000 },
  ovhcloud: { refreshMs: 60_000 },
  puppetdb: { port: 80, refreshMs: 60_000 },
  rds: { port: 80, refreshMs: 60_000 },
  scaleway: { port: 80, refreshMs: 60_000 },
  serverset: {},
  stackit: { port: 80, refreshMs: 60_000 },
  triton: { port: 9163, refreshMs: 60_000 },
  uyuni: { refreshMs: 60_000 },
  vultr: { port: 80, refreshMs: 60_000 },
  xds: {},
};

/** A section of a kind that is not supported: an object, of which only what all kinds share is read. */
export function otherSdSchema({ port, refreshMs }: { readonly port?: number; readonly refreshMs?: number }) {
  return z
    .looseObject({
      port: z.int().min(0).max(65_535).nullish(),
      refresh_interval: durationMs.nullish(),
      tls_config: httpConfigSchema.shape.tls_config,
      authorization: httpConfigSchema.shape.authorization,
    })
    .transform((section) => ({
      ...section,
      ...(section.authorization ? { authorization: { type: 'Bearer', ...section.authorization } } : {}),
      ...(port === undefined ? {} : { port: section.port ?? port }),
      ...(refreshMs === undefined ? {} : { refresh_interval: section.refresh_interval ?? refreshMs }),
    }));
}
