import type { z } from 'zod';
import { fullList } from '../../kit/yaml-fields.ts';
import { dnsSdSchema } from './dns-sd-config.ts';
import { fileSdSchema } from './file-sd-config.ts';
import { httpSdSchema } from './http-sd-config.ts';
import { kubernetesSdSchema } from './kubernetes-sd-config.ts';
import { otherKinds, otherSdSchema } from './other-sd-config.ts';
import { addressProblem, type StaticConfig, staticConfigSchema } from './static-config.ts';

/** The sections that find targets, as keys of a scrape or alertmanager section. */
export const discoveryShape = {
  static_configs: fullList(staticConfigSchema, 'section in static_configs'),
  file_sd_configs: fullList(fileSdSchema, 'section in file_sd_configs'),
  http_sd_configs: fullList(httpSdSchema, 'section in http_sd_configs'),
  dns_sd_configs: fullList(dnsSdSchema, 'section in dns_sd_configs'),
  kubernetes_sd_configs: fullList(kubernetesSdSchema, 'section in kubernetes_sd_configs'),
};

/** Keys of the kinds that are accepted and not supported. */
export const otherDiscoveryShape: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(otherKinds).map(([kind, defaults]) => [
    `${kind}_sd_configs`,
    fullList(otherSdSchema(defaults), `section in ${kind}_sd_configs`),
  ]),
);

/** The kinds in a section that find nothing here, `consul`; for reports. */
export function unsupportedKinds(section: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(otherKinds).filter((kind) => {
    const held = section[`${kind}_sd_configs`];
    return Array.isArray(held) && held.length > 0;
  });
}

/** The first target that is no address, with its place; only where no relabelling rule may still mend it. */
export function staticTargetProblem(
  configs: readonly StaticConfig[],
): { readonly path: readonly PropertyKey[]; readonly problem: string } | undefined {
  for (const [i, { targets }] of configs.entries()) {
    for (const [j, target] of targets.entries()) {
      const problem = addressProblem(target);
      if (problem !== undefined) return { path: ['static_configs', i, 'targets', j], problem };
    }
  }
  return undefined;
}
