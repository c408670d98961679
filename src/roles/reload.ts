import { type ConfigFlags, type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { messageOf } from '../kit/app-error.ts';
import type { Embedded } from './embedded.ts';
import { rulePlaces } from './images/images-role.ts';
import { findsByKubernetes } from './metrics.ts';
import { externalLabels, loadExceptions, loadPolicies, loadReloadable, shownDocuments } from './settings.ts';

/** Settings that only a start can change, by their place in the file. */
function needsRestart(before: LoadedConfig, after: LoadedConfig): string[] {
  const fixed = (config: LoadedConfig): Record<string, unknown> => ({
    cluster: config.cluster,
    listen: config.listen,
    data: config.data,
    source: config.source,
    posture: { ...config.posture, exceptions: [], policies: [] },
    api: config.api,
    storage: config.storage,
    state: config.state,
    'alerting.peers': config.alerting.peers,
    external_url: config.external_url,
    'rules.evaluation_interval': config.rules.evaluation_interval,
    'rules.external_labels': config.rules.external_labels,
    'rules.control_plane': config.rules.control_plane,
    'rules.node_failures': config.rules.node_failures,
    admission: config.admission === undefined ? undefined : { ...config.admission, rules: [] },
    replicas: config.replicas,
    results: config.results,
    images: { ...config.images, ignore_files: [], vex_files: [] },
  });
  const [old, now] = [fixed(before), fixed(after)];
  return Object.keys(old).filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
}

/**
 * Reads every configuration file again and puts rules and routing in place, all or nothing: when anything is wrong, what runs
 * stays, and the log, the pages, a metric and an alert say so.
 *
 * @throws {BadInputError} naming file, line and field.
 */
export function reloadConfig(embedded: Embedded, flags: ConfigFlags, cwd: string): void {
  const { log, router, reload, clock, config } = embedded;
  try {
    const fresh = loadConfig(flags, cwd);
    const { rules: files, alerting, silences, prometheus } = loadReloadable(fresh);
    const policies = loadPolicies(fresh);
    const exceptions = loadExceptions(fresh);
    // It reads what it loads, and takes nothing over when that fails.
    embedded.images.rules?.load(rulePlaces(fresh));
    if (fresh.admission !== undefined) embedded.admission?.load(fresh.admission.rules);
    embedded.exceptions.load(exceptions);
    embedded.custom.load(policies);
    router.reload(alerting);
    router.declareSilences(silences);
    embedded.loadRules(files);
    const restart = needsRestart(config, fresh);
    const labels = externalLabels(fresh, prometheus);
    if (JSON.stringify(labels) !== JSON.stringify(embedded.externalLabels)) restart.push('external_labels');
    const { operator } = fresh.metrics;
    const started = embedded.config.metrics.operator;
    if (operator !== undefined && started === undefined) restart.push('metrics.operator');
    else if (findsByKubernetes(prometheus, operator) && !findsByKubernetes(embedded.startedWith, started))
      restart.push('kubernetes_sd_configs');
    if (fresh.metrics.kubelet !== undefined && embedded.config.metrics.kubelet === undefined)
      restart.push('metrics.kubelet');
    embedded.metrics.load(prometheus, fresh.metrics);
    embedded.remote.load(prometheus);
    const message = restart.length === 0 ? '' : `restart to apply: ${restart.join(', ')}`;
    reload.accepted({ atMs: clock.now(), message }, shownDocuments(fresh, prometheus));
    log.info({ restart }, 'configuration reloaded');
  } catch (error) {
    const message = `the last reload was refused, what ran before runs on: ${messageOf(error)}`;
    reload.refused({ atMs: clock.now(), message });
    log.error({ problem: messageOf(error) }, 'configuration not reloaded');
    throw error;
  }
}
