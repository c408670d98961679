import { parseDuration } from '../../kit/duration.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import { relabel } from '../../relabel/relabel.ts';
import type { PoolConfig } from './pool-config.ts';

/** What is scraped, as configuration and discovery say. */
export interface TargetSpec {
  /** The same for targets that are scraped the same and carry the same labels. */
  readonly key: string;
  /** Before relabelling. */
  readonly discovered: Labels;
  /** What every series of it carries. */
  readonly labels: Labels;
  readonly url: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export type MadeTarget =
  | { readonly kind: 'target'; readonly target: TargetSpec }
  | { readonly kind: 'dropped'; readonly discovered: Labels }
  /** It was meant to be scraped and cannot be. */
  | { readonly kind: 'bad'; readonly discovered: Labels; readonly problem: string };

/** Labels before relabelling: those of discovery, and what the section says where discovery does not. */
export function discoveredLabels(found: Labels, config: PoolConfig): Labels {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(found)) if (value !== '') labels[name] = value;
  labels['job'] ??= config.job_name;
  labels['__scrape_interval__'] ??= goDuration(config.scrape_interval);
  labels['__scrape_timeout__'] ??= goDuration(config.scrape_timeout);
  labels['__metrics_path__'] ??= config.metrics_path;
  labels['__scheme__'] ??= config.scheme || 'http';
  for (const [name, [first]] of Object.entries(config.params))
    if (first !== undefined) labels[`__param_${name}`] ??= first;
  return labels;
}

/**
 * A target from what was found, through the section's relabelling.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export function makeTarget(found: Labels, config: PoolConfig): MadeTarget {
  const discovered = discoveredLabels(found, config);
  const bad = (problem: string): MadeTarget => ({ kind: 'bad', discovered, problem });
  const now = relabel(discovered, config.relabel_configs);
  if (now === undefined) return { kind: 'dropped', discovered };
  const address = now['__address__'] ?? '';
  if (address === '') return bad('no address');
  if (address.includes('/')) return bad(`"${address}" is not a valid hostname`);
  const intervalMs = parseDuration(now['__scrape_interval__'] ?? '');
  const timeoutMs = parseDuration(now['__scrape_timeout__'] ?? '');
  if (intervalMs === undefined || intervalMs === 0)
    return bad(`"${now['__scrape_interval__'] ?? ''}" is no scrape interval`);
  if (timeoutMs === undefined || timeoutMs === 0)
    return bad(`"${now['__scrape_timeout__'] ?? ''}" is no scrape timeout`);
  if (timeoutMs > intervalMs) return bad('the scrape timeout is greater than the scrape interval');
  const url = urlOf(now, address, config.params);
  if (url === undefined) return bad(`"${address}" is not a valid hostname`);
  const labels: Record<string, string> = {};
  for (const name of Object.keys(now).sort())
    if (!name.startsWith('__') && now[name] !== undefined) labels[name] = now[name];
  labels['instance'] ??= address;
  const key = `${url}\n${intervalMs}\n${timeoutMs}\n${labelsKey(labels)}`;
  return { kind: 'target', target: { key, discovered, labels, url, intervalMs, timeoutMs } };
}

/** As Prometheus writes durations in these two labels. */
function goDuration(ms: number): string {
  const parts = [
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ] as const;
  let left = ms;
  let text = '';
  for (const [size, unit] of parts) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text || '0s';
}

function urlOf(
  labels: Labels,
  address: string,
  params: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  const query = new URLSearchParams();
  const named = new Map(Object.entries(params).map(([name, values]) => [name, [...values]]));
  for (const [label, value] of Object.entries(labels)) {
    if (!label.startsWith('__param_')) continue;
    const name = label.slice('__param_'.length);
    const held = named.get(name);
    if (held === undefined || held.length === 0) named.set(name, [value]);
    else held[0] = value;
  }
  for (const name of [...named.keys()].sort())
    for (const value of named.get(name) ?? []) query.append(name, value);
  const path = labels['__metrics_path__'] ?? '/metrics';
  const text = query.toString();
  const glue = path.includes('?') ? '&' : '?';
  try {
    return new URL(
      `${labels['__scheme__'] ?? 'http'}://${address}${path.startsWith('/') ? '' : '/'}${path}${text === '' ? '' : `${glue}${text}`}`,
    ).href;
  } catch {
    return undefined;
  }
}
