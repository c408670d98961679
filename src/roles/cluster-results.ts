import type { PartJson } from '../api/skopos/contract.ts';
import { EventWriter } from '../cluster-state/event-writer.ts';
import { type NamespaceResults, PolicyReports } from '../cluster-state/policy-reports.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Findings } from '../findings/findings.ts';
import type { LedgerStore } from '../findings/ledger.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { BadInputError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { liveIndex } from '../kit/live-index.ts';
import { LazyKubeClient } from '../kube/lazy-client.ts';
import { ownName } from '../kube/own-pod.ts';
import type { Logger } from '../log/logger.ts';
import { keyOf } from '../model/object.ts';
import { severityOf } from '../model/verdict.ts';
import type { PostureEngine } from '../posture/engine.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { SourceChoice } from './object-source.ts';
import type { Replicas } from './replicas.ts';
import type { PostureSettings } from './settings.ts';

export interface ClusterResultsOptions {
  readonly config: LoadedConfig;
  readonly choice: SourceChoice;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly inventory: Inventory;
  readonly engine: PostureEngine;
  readonly posture: PostureSettings;
  readonly findings: Findings;
  readonly ledger: LedgerStore;
  readonly replicas: Replicas;
  readonly isReady: () => boolean;
}

export interface ClusterResults {
  readonly components: readonly Component[];
  /** How writing goes, for the state of the chain. */
  parts(): readonly PartJson[];
}

/** Writes results into the cluster, where that was asked for. @throws {BadInputError} when there is no cluster. */
export function clusterResults(options: ClusterResultsOptions): ClusterResults {
  const { results } = options.config;
  if (results === undefined || !(results.events || results.policy_reports))
    return { components: [], parts: () => [] };
  const { choice, replicas, config } = options;
  if (choice.kind !== 'cluster')
    throw new BadInputError('results', 'there is no cluster to write into: this process watches a folder');
  const client = new LazyKubeClient(choice.access);
  const isShared = config.replicas?.share === true;
  const mayWrite = (namespace: string) =>
    options.isReady() && (isShared ? replicas.isOurs(namespace) : replicas.leadership.isLeader());
  const events = results.events ? [eventWriter(options, client, mayWrite)] : [];
  const reports = results.policy_reports ? [policyReports(options, client, mayWrite, results.top)] : [];
  return {
    components: [...events, ...reports],
    parts: () => reports.map((one) => ({ name: policyReportsPart, ...one.status() })),
  };
}

/** The part's name. */
const policyReportsPart = 'policy-reports';

type MayWrite = (namespace: string) => boolean;

function eventWriter(
  { clock, log, registry, findings, ledger, inventory, posture }: ClusterResultsOptions,
  client: LazyKubeClient,
  mayWrite: MayWrite,
): EventWriter {
  const dropped = registry.counter(
    'skopos_events_dropped_total',
    'Kubernetes events that were not written, as there were too many or the API server refused.',
    [{}],
  );
  const controlNamed = liveIndex(posture.controls, ({ id }) => id);
  const writer = new EventWriter({
    ...{ client, clock, log, mayWrite, instance: ownName() },
    dropped: () => dropped.inc(),
  });
  ledger.subscribe(({ hop, decision, subject }) => {
    if (hop !== 'finding' || (decision !== 'opened' && decision !== 'reappeared')) return;
    const finding = findings.get(subject);
    if (finding === undefined || finding.drill !== undefined || finding.baseline) return;
    const { object, controlId, severity } = finding;
    const held = inventory.object(keyOf(object));
    writer.add({
      ...{ object, controlId, severity },
      control: controlNamed(controlId)?.name ?? '',
      apiVersion: held?.apiVersion ?? '',
      uid: held?.metadata.uid ?? '',
    });
  });
  return writer;
}

function policyReports(
  { clock, log, engine, posture }: ClusterResultsOptions,
  client: LazyKubeClient,
  mayWrite: MayWrite,
  top: number,
): PolicyReports {
  const controlNamed = liveIndex(posture.controls, ({ id }) => id);
  const severityFor = (id: string) => severityOf(controlNamed(id)?.baseScore ?? 0);
  return new PolicyReports({
    ...{ client, clock, log, mayWrite, top },
    results: () => resultsOf(engine, severityFor),
  });
}

function resultsOf(
  engine: PostureEngine,
  severityFor: (id: string) => NamespaceResults['failures'][number]['severity'],
): Iterable<NamespaceResults> {
  const summaries = new Map<string, { pass: number; fail: number; error: number; skip: number }>();
  const failures = new Map<string, NamespaceResults['failures'][number][]>();
  for (const { namespace, states } of engine.counts()) {
    const summary = summaries.get(namespace) ?? { pass: 0, fail: 0, error: 0, skip: 0 };
    summaries.set(namespace, summary);
    summary.pass += states.pass;
    summary.fail += states.fail;
    summary.error += states.unknown;
    summary.skip += states.excepted;
  }
  // Known to the engine: the inventory would have to unpack each object for it.
  const versions = new Map(
    [...engine.resources()].map(({ object, apiVersion }) => [keyOf(object), apiVersion] as const),
  );
  for (const { controlId, object, evidence } of engine.verdicts({ states: ['fail'] })) {
    const of = failures.get(object.namespace) ?? [];
    failures.set(object.namespace, of);
    of.push({
      ...{ controlId, object, severity: severityFor(controlId) },
      apiVersion: versions.get(keyOf(object)) ?? '',
      message: evidence[0] === undefined ? '' : `${evidence[0].path}: ${evidence[0].message}`,
    });
  }
  // The cluster's own first: by it is told whether there are such reports at all.
  return [...summaries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, summary]) => ({ namespace, summary, failures: failures.get(namespace) ?? [] }));
}
