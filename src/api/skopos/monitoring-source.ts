import type { Labels } from '../../model/labels.ts';
import type { MonitorStepJson, TargetHealth } from './monitoring-contract.ts';

/** What the routes about watching need of the running process; `src/roles` puts it together. Times in Unix ms. */
export interface MonitoringSource {
  /** `ScrapeManager`. */
  readonly scrape: ScrapeReader;
  /** `Discovery.status`. */
  discovery(): readonly {
    readonly name: string;
    readonly kind: string;
    readonly targets: number;
    readonly problem: string;
    readonly isSupported: boolean;
  }[];
  readonly monitors: MonitorBook;
  configuration(): ConfigurationState;
  /** `RuleManager.groups`. */
  ruleGroups(): readonly RuleGroupState[];
  /** What rules add to alerts before they send them. */
  readonly externalLabels: Labels;
}

export interface ScrapeReader {
  pools(): readonly string[];
  active(): readonly ScrapedState[];
  dropped(): readonly { readonly discoveredLabels: Labels; readonly scrapePool: string }[];
  droppedCounts(): Readonly<Record<string, number>>;
}

export interface ScrapedState {
  readonly discoveredLabels: Labels;
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: TargetHealth;
  readonly lastError: string;
  readonly warning: string;
  readonly lastScrapeMs: number | undefined;
  readonly lastScrapeSeconds: number;
  readonly samples: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface MonitorBook {
  readonly isConfigured: boolean;
  readonly ownNamespace: string;
  list(): readonly MonitorFacts[];
  /** Undefined for one that is not there. */
  explain(kind: string, namespace: string, name: string): MonitorStory | undefined;
}

export interface MonitorFacts {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly selection: 'selected' | 'invalid' | 'not-selected';
  /** Why it is not in force. */
  readonly reason: string;
  /** Sections that it brought. */
  readonly jobs: readonly string[];
  /** The rule file that it brought. */
  readonly ruleFile: string | undefined;
}

export interface MonitorStory {
  readonly facts: MonitorFacts;
  readonly steps: readonly MonitorStepJson[];
  readonly answer: string;
  readonly yaml: string;
}

export interface ConfigurationState {
  readonly loadedAtMs: number;
  readonly ok: boolean;
  readonly message: string;
  readonly documents: readonly {
    readonly name: string;
    readonly path: string;
    readonly text: string;
  }[];
  readonly before: readonly { readonly name: string; readonly text: string }[] | undefined;
  readonly history: readonly { readonly atMs: number; readonly ok: boolean; readonly message: string }[];
}

export interface RuleGroupState {
  readonly file: string;
  readonly spec: { readonly name: string; readonly limit: number };
  readonly intervalMs: number;
  readonly lastEvaluationMs?: number;
  readonly evaluationSeconds: number;
  readonly missed: number;
  readonly rules: readonly {
    readonly spec: {
      readonly kind: 'recording' | 'alerting';
      readonly name: string;
      readonly expr: string;
      readonly labels: Labels;
      readonly annotations?: Labels;
      readonly forMs?: number;
      readonly keepFiringForMs?: number;
      readonly off?: string;
    };
    readonly health: 'unknown' | 'ok' | 'err';
    readonly lastError?: string;
    readonly lastEvaluationMs?: number;
    readonly evaluationSeconds: number;
    readonly matched?: number;
    readonly state: string;
    readonly alerts: readonly {
      readonly labels: Labels;
      readonly state: 'pending' | 'firing';
      readonly activeAtMs: number;
      readonly value: number;
    }[];
  }[];
}
