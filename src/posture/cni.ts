import { hostGap } from '../model/host.ts';
import type { KubeObject } from '../model/object.ts';
import { dig } from './cloud.ts';
import type { Breach } from './control.ts';

/** Names of the CNI plugins that a node reports; undefined when it reports none that could be read. */
export function cniNamesOf(info: KubeObject): readonly string[] | undefined {
  const names = dig(info['data'], 'CNINames');
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return undefined;
  return names as readonly string[];
}

/** Why they are not known. */
export function unknownCni(info: KubeObject): string | undefined {
  if (cniNamesOf(info) !== undefined) return undefined;
  return hostGap(info, 'CNINames') ?? 'data.CNINames is not reported, or is no list of names';
}

/** That NetworkPolicies do nothing with these plugins. */
export function withoutPolicies(info: KubeObject, names: readonly string[]): Breach {
  const { apiVersion, kind, metadata } = info;
  return {
    message: 'the node’s network plugin enforces no NetworkPolicies',
    failedPaths: [],
    fixPaths: [],
    shown: [{ path: 'data.CNINames', value: names }],
    external: { apiVersion, kind, metadata, data: { CNINames: names } },
  };
}
