import type { TargetGroup } from '../discovery/target-group.ts';
import type { Labels } from '../model/labels.ts';
import { relabel } from '../relabel/relabel.ts';
import type { RelabelConfig } from '../relabel/relabel-config.ts';

/** What of an `alertmanagers` section says where its Alertmanagers are asked. */
export interface AddressSettings {
  readonly scheme: string;
  readonly path_prefix: string;
  readonly relabel_configs: readonly RelabelConfig[];
}

export interface FoundAlertmanagers {
  /** Addresses that alerts are posted to, each once. */
  readonly urls: readonly string[];
  /** Labels of what relabelling dropped, or what has no address. */
  readonly dropped: readonly Labels[];
}

/**
 * Addresses of what discovery found.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#alertmanager_config
 */
export function alertmanagerUrls(
  groups: readonly TargetGroup[],
  { scheme, path_prefix: prefix, relabel_configs: rules }: AddressSettings,
): FoundAlertmanagers {
  const urls = new Set<string>();
  const dropped: Labels[] = [];
  const path = `/${prefix}/api/v2/alerts`.replace(/\/{2,}/g, '/');
  for (const group of groups) {
    for (const target of group.targets) {
      const found = { __scheme__: scheme, __alerts_path__: path, ...group.labels, ...target };
      const labels = relabel(found, rules);
      const url = labels === undefined ? undefined : urlOf(labels);
      if (url === undefined) dropped.push(found);
      else urls.add(url);
    }
  }
  return { urls: [...urls], dropped };
}

function urlOf(labels: Labels): string | undefined {
  const { __scheme__: scheme = 'http', __address__: address = '', __alerts_path__: path = '' } = labels;
  const url = `${scheme}://${address}${path}`;
  return address !== '' && URL.canParse(url) ? new URL(url).href : undefined;
}
