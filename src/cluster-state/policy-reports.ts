import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { Logger } from '../log/logger.ts';
import type { ObjectRef } from '../model/object.ts';
import { type Severity, severities } from '../model/verdict.ts';

/** What is to be reported of one namespace ('' for what is of none). */
export interface NamespaceResults {
  readonly namespace: string;
  readonly summary: {
    readonly pass: number;
    readonly fail: number;
    readonly error: number;
    readonly skip: number;
  };
  readonly failures: readonly {
    readonly controlId: string;
    readonly severity: Severity;
    readonly object: ObjectRef;
    readonly apiVersion: string;
    readonly message: string;
  }[];
}

export interface PolicyReportsOptions {
  readonly client: Pick<KubeClient, 'write'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Everything as it is now; asked each time. */
  readonly results: () => Iterable<NamespaceResults>;
  readonly mayWrite: (namespace: string) => boolean;
  /** How many failures a report names. */
  readonly top: number;
  /** 30 s when left out. */
  readonly everyMs?: number;
}

/** What keeping reports takes: server-side apply creates and patches. */
export const policyReportRules = [
  {
    apiGroups: ['wgpolicyk8s.io'],
    resources: ['policyreports', 'clusterpolicyreports'],
    verbs: ['create', 'patch'],
  },
] as const;

/** Where the API server has them, and says so. */
export const policyReportPath = '/apis/wgpolicyk8s.io/v1alpha2';
/** Of a cluster that has no such kind. https://github.com/kubernetes-sigs/wg-policy-prototypes/tree/master/policy-report */
export const noPolicyReports =
  'the cluster has no reports of wgpolicyk8s.io/v1alpha2, so none are written: install their definitions, or set results.policy_reports to false';

/** How writing goes, for people. */
export interface PolicyReportsStatus {
  readonly state: 'starting' | 'ok' | 'degraded' | 'failed';
  /** What keeps reports from being written; '' when nothing does. */
  readonly message: string;
  /** When all were last known to be as they should. */
  readonly lastSuccessMs?: number;
}

const reportName = 'skopos';
/** etcd is no place for results: a report says how many there are, and names the worst. */
const mostBytes = 65_536;
const messageChars = 300;
/** Of one round, so that many namespaces do not make a storm. */
const mostWrites = 50;
const notInstalledMs = 300_000;

/** Keeps a small PolicyReport in each namespace, written when it is other than before, and a ClusterPolicyReport. */
export class PolicyReports implements Component {
  readonly name = 'policy reports';
  readonly #options: PolicyReportsOptions;
  /** What was written last, by namespace. */
  readonly #written = new Map<string, string>();
  /** Of the last round: the first that went wrong. */
  #problem = '';
  #logged = '';
  /** The cluster has no such kind. */
  #isMissing = false;
  #rightAtMs: number | undefined;

  constructor(options: PolicyReportsOptions) {
    this.#options = options;
  }

  status(): PolicyReportsStatus {
    const message = this.#problem;
    const atMs = this.#rightAtMs;
    const state = this.#isMissing ? 'failed' : message !== '' ? 'degraded' : 'ok';
    if (atMs === undefined) return { state: state === 'ok' ? 'starting' : state, message };
    return { state, message, lastSuccessMs: atMs };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs = 30_000 } = this.#options;
    for (let waitMs = everyMs; await sleep(waitMs, signal, clock); ) {
      const isInstalled = await this.#round(signal);
      if (this.#problem === '') this.#rightAtMs = clock.now();
      waitMs = isInstalled ? everyMs : Math.max(everyMs, notInstalledMs);
    }
  }

  /** @returns false where the cluster has no such reports. */
  async #round(signal: AbortSignal): Promise<boolean> {
    const { results, mayWrite, top } = this.#options;
    let writes = 0;
    this.#problem = '';
    for (const one of results()) {
      const body = reportOf(one, top);
      const text = JSON.stringify(body);
      // What another has come to write is written anew when it is ours again.
      if (!mayWrite(one.namespace)) this.#written.delete(one.namespace);
      else if (this.#written.get(one.namespace) !== text && writes++ < mostWrites) {
        if (await this.#write(one.namespace, body, signal)) this.#written.set(one.namespace, text);
        else if (this.#isMissing) return false;
      }
    }
    return true;
  }

  /** @returns whether it was written. */
  async #write(namespace: string, body: object, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#apply(namespace, body, signal);
      this.#isMissing = false;
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#isMissing =
        error instanceof KubeError && error.status === 404 && !error.message.includes('namespaces "');
      this.#tell(namespace, this.#isMissing ? noPolicyReports : messageOf(error));
      return false;
    }
  }

  /** Once in the log, for as long as it is the same. */
  #tell(namespace: string, problem: string): void {
    if (this.#problem === '') this.#problem = problem;
    if (problem !== this.#logged)
      this.#options.log.warn({ namespace, problem }, 'a policy report could not be written');
    this.#logged = problem;
  }

  async #apply(namespace: string, body: object, signal: AbortSignal): Promise<void> {
    const path =
      namespace === ''
        ? `${policyReportPath}/clusterpolicyreports/${reportName}`
        : `${policyReportPath}/namespaces/${namespace}/policyreports/${reportName}`;
    await this.#options.client.write({
      method: 'PATCH',
      path,
      query: { fieldManager: 'skopos', force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body,
      signal,
    });
  }
}

/** A report that stays below a size, whatever there is to tell: what there is no room for is left to the counts. */
export function reportOf({ namespace, summary, failures }: NamespaceResults, top: number) {
  const report = {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: namespace === '' ? 'ClusterPolicyReport' : 'PolicyReport',
    metadata: {
      name: reportName,
      ...(namespace === '' ? {} : { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'skopos' },
    },
    summary: { ...summary, warn: 0 },
    results: [...failures]
      .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || compared(a, b))
      .slice(0, top)
      .map(({ controlId, severity, object, apiVersion, message }) => ({
        source: 'skopos',
        policy: controlId,
        result: 'fail',
        ...(severity === 'unknown' ? {} : { severity }),
        message: message.slice(0, messageChars),
        resources: [
          {
            apiVersion,
            kind: object.kind,
            name: object.name,
            ...(object.namespace === '' ? {} : { namespace: object.namespace }),
          },
        ],
      })),
  };
  while (report.results.length > 0 && Buffer.byteLength(JSON.stringify(report)) > mostBytes)
    report.results.pop();
  return report;
}

function compared(a: NamespaceResults['failures'][number], b: NamespaceResults['failures'][number]): number {
  const [x, y] = [a, b].map(({ controlId, object }) => `${object.kind}/${object.name}/${controlId}`);
  return (x ?? '') < (y ?? '') ? -1 : 1;
}
