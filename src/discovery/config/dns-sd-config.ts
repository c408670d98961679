import { z } from 'zod';
import { durationMs, list, or, text } from '../../kit/yaml-fields.ts';

const types = ['SRV', 'A', 'AAAA', 'MX', 'NS'] as const;

/**
 * `dns_sd_configs`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#dns_sd_config
 */
export const dnsSdSchema = z
  .strictObject({
    names: list(text),
    type: or(
      text.transform((value, context) => {
        const found = types.find((type) => type === value.toUpperCase());
        if (found !== undefined) return found;
        context.addIssue({
          code: 'custom',
          message: `invalid DNS-SD record type "${value}"; there are ${types.join(', ')}`,
        });
        return z.NEVER;
      }),
      'SRV' as const,
    ),
    port: or(z.int().min(0).max(65_535), 0),
    refresh_interval: or(durationMs, 30_000),
  })
  .superRefine(({ names, type, port }, context) => {
    if (names.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['names'],
        message: 'DNS-SD must contain at least one SRV record name',
      });
    }
    if (type !== 'SRV' && port === 0) {
      context.addIssue({
        code: 'custom',
        path: ['port'],
        message: `a port is required in DNS-SD for type ${type}`,
      });
    }
  });

export type DnsSdConfig = z.output<typeof dnsSdSchema>;
