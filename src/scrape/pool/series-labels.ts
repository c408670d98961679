import { type Labels, metricName } from '../../model/labels.ts';
import { relabel } from '../../relabel/relabel.ts';
import { ScrapeError } from '../read/body-reader.ts';
import type { PoolConfig } from './pool-config.ts';

const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const legacyLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * The labels that a series is stored under, from those that the target gave it; undefined where relabelling drops it.
 *
 * @throws {ScrapeError} for labels beyond a limit, or names that may not be.
 */
export function seriesLabels(given: Labels, target: Labels, config: PoolConfig): Labels | undefined {
  const joined = config.honor_labels ? honored(given, target) : guarded(given, target);
  const kept =
    config.metric_relabel_configs.length === 0 ? joined : relabel(joined, config.metric_relabel_configs);
  if (kept === undefined) return undefined;
  const name = kept[metricName] ?? '';
  if (name === '') throw new ScrapeError('a series is left without a name');
  const labels: Record<string, string> = {};
  for (const [label, value] of Object.entries(kept)) if (value !== '') labels[label] = value;
  checkNames(name, labels, config);
  checkLimits(name, labels, config);
  return labels;
}

/** What the target says wins, even where it says nothing. */
function honored(given: Labels, target: Labels): Labels {
  const labels: Record<string, string> = { ...given };
  for (const [name, value] of Object.entries(target)) if (!(name in given)) labels[name] = value;
  return labels;
}

/** What we know of the target wins; what it said itself is kept as `exported_…`. */
function guarded(given: Labels, target: Labels): Labels {
  const labels: Record<string, string> = { ...given, ...target };
  const moved = Object.keys(target)
    .filter((name) => (given[name] ?? '') !== '')
    .sort((a, b) => a.length - b.length);
  for (const name of moved) {
    let free = `exported_${name}`;
    while (labels[free] !== undefined) free = `exported_${free}`;
    labels[free] = given[name] ?? '';
  }
  return labels;
}

function checkNames(name: string, labels: Labels, config: PoolConfig): void {
  if (config.metric_name_validation_scheme !== 'legacy') return;
  if (!legacyName.test(name)) throw new ScrapeError(`the name ${JSON.stringify(name)} is not a legacy name`);
  const bad = Object.keys(labels).find((label) => !legacyLabel.test(label));
  if (bad !== undefined) throw new ScrapeError(`the label name ${JSON.stringify(bad)} is not a legacy name`);
}

function checkLimits(name: string, labels: Labels, config: PoolConfig): void {
  const {
    label_limit: count,
    label_name_length_limit: nameLimit,
    label_value_length_limit: valueLimit,
  } = config;
  const shown = name.slice(0, 50);
  const size = Object.keys(labels).length;
  if (count > 0 && size > count)
    throw new ScrapeError(
      `label_limit exceeded (metric: ${shown}, labels: ${size}, limit: ${count})`,
      'label',
    );
  if (nameLimit === 0 && valueLimit === 0) return;
  for (const [label, value] of Object.entries(labels)) {
    const nameBytes = Buffer.byteLength(label);
    const valueBytes = Buffer.byteLength(value);
    if (nameLimit > 0 && nameBytes > nameLimit)
      throw new ScrapeError(
        `label_name_length_limit exceeded (metric: ${shown}, label: ${label.slice(0, 50)}, length: ${nameBytes}, limit: ${nameLimit})`,
        'label',
      );
    if (valueLimit > 0 && valueBytes > valueLimit)
      throw new ScrapeError(
        `label_value_length_limit exceeded (metric: ${shown}, label: ${label.slice(0, 50)}, length: ${valueBytes}, limit: ${valueLimit})`,
        'label',
      );
  }
}
