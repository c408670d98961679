/** Where something stands in a file; lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface RecordingSpec {
  readonly kind: 'recording';
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly place: Place;
}

export interface AlertingSpec {
  readonly kind: 'alerting';
  readonly name: string;
  readonly expr: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly place: Place;
}

export type RuleSpec = RecordingSpec | AlertingSpec;

export interface GroupSpec {
  readonly name: string;
  /** Undefined: the evaluation interval of the configuration. */
  readonly intervalMs: number | undefined;
  /** Alerts or series that one rule may give; 0 is no limit. */
  readonly limit: number;
  readonly queryOffsetMs: number | undefined;
  /** Added to every rule's labels; a rule's own win. */
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly RuleSpec[];
  readonly place: Place;
}

/** One rule file, read and checked. */
export interface RuleFile {
  readonly path: string;
  readonly groups: readonly GroupSpec[];
  /** What is odd but accepted: further YAML documents, say. */
  readonly warnings: readonly string[];
}

export interface RuleFileOptions {
  /** Keys that are not known are passed over instead of refused. */
  readonly ignoreUnknownFields?: boolean;
  /** How names are checked; `utf8` when left out. */
  readonly nameValidation?: 'utf8' | 'legacy';
}

/**
 * Reads a Prometheus rule file.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ and …/alerting_rules/
 * @throws {RuleFileError} naming every problem with file, line and field.
 */
export declare function parseRuleFile(text: string, path: string, options?: RuleFileOptions): RuleFile;
