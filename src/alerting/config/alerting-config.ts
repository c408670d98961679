import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { NotifierKind } from '../notifier.ts';
import type { TimeInterval } from '../time-interval.ts';

/** An `alertmanager.yml`, checked, with defaults filled in and globals inherited. Immutable. */
export interface AlertingConfig {
  /** Name of the file, for messages. */
  readonly file: string;
  /** The file as YAML with `<secret>` in place of every secret. */
  readonly redactedText: string;
  readonly resolveTimeoutMs: number;
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRuleConfig[];
  readonly timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>;
  /** The template files that `templates:` found, in order. */
  readonly templates: readonly TemplateFile[];
  /** The line (from 1) of a field of the file; 0 when it is not there. */
  lineOf(path: readonly (string | number)[]): number;
  /** Things that are accepted but have no effect here, or are deprecated; for people. */
  readonly warnings: readonly string[];
}

export interface TemplateFile {
  readonly file: string;
  readonly text: string;
}

/** A node of the routing tree, options inherited. */
export interface RouteConfig {
  readonly receiver: string;
  /** Label names; 'all' for `group_by: ['...']`. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Templates, rendered for each group. */
  readonly labels: Labels;
  readonly routes: readonly RouteConfig[];
}

export interface ReceiverConfig {
  readonly name: string;
  readonly labels: Labels;
  readonly integrations: readonly IntegrationConfig[];
}

/** One entry of a receiver's `<kind>_configs`. */
export interface IntegrationConfig {
  readonly kind: NotifierKind;
  /** Position among the receiver's entries of its kind. */
  readonly index: number;
  readonly sendResolved: boolean;
  /** What the kind's schema gave, globals merged in; only the kind reads it. */
  readonly settings: unknown;
}

export interface InhibitRuleConfig {
  readonly name: string;
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  readonly equal: readonly string[];
}
