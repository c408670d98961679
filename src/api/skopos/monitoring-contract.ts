/** The JSON of what watches: targets, discovery, rules, configuration; types only, like contract.ts, which it is exported from. */
import type { FacetJson } from './contract.ts';

type Labels = Readonly<Record<string, string>>;

export type TargetHealth = 'up' | 'down' | 'unknown';

/** GET /targets?job=&state=up|down|unknown&q=&sort=target|state|last|duration|samples&order=asc|desc&offset=&limit= */
export interface TargetsJson {
  readonly total: number;
  readonly items: readonly TargetJson[];
  readonly counts: Readonly<Record<TargetHealth, number>>;
  /** Jobs by name, those without targets too. */
  readonly jobs: readonly JobJson[];
}

export interface JobJson {
  readonly job: string;
  readonly targets: number;
  readonly up: number;
  readonly dropped: number;
}

export interface TargetJson {
  readonly job: string;
  readonly url: string;
  readonly health: TargetHealth;
  /** '' when the last scrape worked. */
  readonly lastError: string;
  /** What was odd about a scrape that worked; '' when nothing was. */
  readonly warning: string;
  readonly lastScrapeMs?: number;
  readonly lastScrapeSeconds: number;
  readonly samples: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly labels: Labels;
  /** Before relabelling. */
  readonly discoveredLabels: Labels;
}

/** GET /discovery */
export interface DiscoveryJson {
  readonly items: readonly DiscoveredJobJson[];
}

export interface DiscoveredJobJson {
  readonly job: string;
  /** The object that brought the section; absent where a file did. */
  readonly object?: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly sections: readonly DiscoverySectionJson[];
  /** Found by all sections. */
  readonly discovered: number;
  readonly kept: number;
  readonly dropped: number;
}

export interface DiscoverySectionJson {
  readonly kind: string;
  readonly targets: number;
  /** '' when the last look worked. */
  readonly problem: string;
}

/** GET /discovery/targets?job=&state=kept|dropped&q=&offset=&limit= */
export interface DiscoveredTargetsJson {
  readonly total: number;
  readonly items: readonly DiscoveredTargetJson[];
  readonly kept: number;
  /** Those that are not held, for `keep_dropped_targets`, included. */
  readonly dropped: number;
}

export interface DiscoveredTargetJson {
  readonly state: 'kept' | 'dropped';
  readonly discoveredLabels: Labels;
  /** After relabelling; empty when dropped. */
  readonly labels: Labels;
  /** Of one that is kept and cannot be scraped. */
  readonly problem: string;
}

/** GET /monitors?kind=&state=&q=&offset=&limit= (comma lists allowed): objects of the Prometheus operator. */
export interface MonitorsJson {
  /** Whether `metrics.operator` is set; without it no object is looked at. */
  readonly isConfigured: boolean;
  readonly ownNamespace: string;
  readonly total: number;
  readonly items: readonly MonitorJson[];
  readonly facets: { readonly kind: readonly FacetJson[]; readonly state: readonly FacetJson[] };
}

export type MonitorStateJson =
  | 'working'
  | 'failing'
  | 'waiting'
  /** Selected and valid, and nothing is found that could be scraped. */
  | 'nothing-found'
  | 'invalid'
  | 'not-selected';

export interface MonitorJson {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly state: MonitorStateJson;
  /** Why it is so, where it does not work. */
  readonly reason: string;
  readonly targets: number;
  readonly up: number;
  readonly dropped: number;
  /** Of a PrometheusRule. */
  readonly rules: number;
}

/** GET /monitors/:kind/:namespace/:name: why it is picked up, or why not. */
export interface MonitorDetailJson extends MonitorJson {
  /** In a sentence. */
  readonly answer: string;
  readonly steps: readonly MonitorStepJson[];
  /** What it becomes, as it would stand in `prometheus.yml` or a rule file. */
  readonly yaml: string;
  readonly jobs: readonly string[];
}

export interface MonitorStepJson {
  readonly id: string;
  readonly title: string;
  readonly state: 'ok' | 'failed' | 'warning' | 'unknown' | 'waiting';
  readonly detail: string;
  readonly items: readonly string[];
}

/** GET /configuration */
export interface ConfigurationJson {
  /** When what is in force was accepted. */
  readonly loadedAtMs: number;
  /** Whether the last reload was accepted. */
  readonly ok: boolean;
  readonly message: string;
  readonly documents: readonly ConfigurationDocumentJson[];
  /** Sections of kinds of discovery that find nothing here. */
  readonly unsupported: readonly { readonly job: string; readonly kind: string }[];
  /** The last first. */
  readonly history: readonly { readonly atMs: number; readonly ok: boolean; readonly message: string }[];
}

export interface ConfigurationDocumentJson {
  readonly name: string;
  readonly path: string;
  /** Without secrets and comments. */
  readonly text: string;
  /** What the last reload changed, as a unified diff; '' when nothing. Absent when nothing was reloaded yet. */
  readonly diff?: string;
}

/** GET /rule-groups?q=&state=firing|pending|inactive|failing&kind=alerting|recording */
export interface RuleGroupsJson {
  /** Of all groups, whatever the filters. */
  readonly counts: Readonly<Record<'groups' | 'rules' | 'firing' | 'pending' | 'failing', number>>;
  readonly items: readonly RuleGroupJson[];
}

export interface RuleGroupJson {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  readonly limit: number;
  readonly lastEvaluationMs?: number;
  readonly evaluationSeconds: number;
  /** Intervals that passed without an evaluation. */
  readonly missed: number;
  readonly rules: readonly RuleJson[];
}

export interface RuleJson {
  readonly kind: 'recording' | 'alerting';
  readonly name: string;
  readonly expr: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Why it is off: it finds nothing, whatever its expression says. Left out where it is at work. */
  readonly off?: string;
  readonly health: 'unknown' | 'ok' | 'err';
  readonly lastError: string;
  readonly lastEvaluationMs?: number;
  readonly evaluationSeconds: number;
  /** Series that the expression gave at the last evaluation. */
  readonly matched?: number;
  readonly state: string;
  readonly alerts: readonly RuleAlertJson[];
  /** More than are in `alerts`. */
  readonly alertCount: number;
}

export interface RuleAlertJson {
  /** Of the page /alerts/:fingerprint. */
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly state: 'pending' | 'firing';
  readonly activeAtMs: number;
  readonly value: number;
}
