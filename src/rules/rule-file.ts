import { isMap, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { parseDuration } from '../kit/duration.ts';
import { didYouMean } from '../kit/nearest.ts';
import { formatPath } from '../kit/yaml-config.ts';
import { RuleFileError, type RuleProblem } from './rule-file-error.ts';
import { problemsOfRule } from './rule-problems.ts';

/** Where something stands in a file; lines from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Lines, from 1, of a rule's own fields. */
export type FieldLines = Readonly<Partial<Record<(typeof ruleKeys)[number], number>>>;

export interface RecordingSpec {
  readonly kind: 'recording';
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly place: Place;
  readonly fieldLines?: FieldLines;
}

export interface AlertingSpec {
  readonly kind: 'alerting';
  readonly name: string;
  readonly expr: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Why it finds nothing whatever its expression says; it is at work when left out. */
  readonly off?: string;
  readonly place: Place;
  readonly fieldLines?: FieldLines;
}

export type RuleSpec = RecordingSpec | AlertingSpec;

export interface GroupSpec {
  readonly name: string;
  /** Undefined: the evaluation interval of the configuration. */
  readonly intervalMs: number | undefined;
  /** Alerts or series that one rule may give; 0 is no limit. */
  readonly limit: number;
  readonly queryOffsetMs: number | undefined;
  /** Added to every rule's labels already; a rule's own win. */
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

const groupKeys = ['name', 'interval', 'limit', 'query_offset', 'labels', 'rules'];
const ruleKeys = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'] as const;

/**
 * Top-level keys that may stand there as long as they are empty: the Prometheus chart of old wrote such files where
 * there were no rules yet.
 */
const emptyTopKeys = ['alerts', 'rules'];

/**
 * Reads a Prometheus rule file.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ and …/alerting_rules/
 * @throws {RuleFileError} naming every problem with file, line and field.
 */
export function parseRuleFile(text: string, path: string, options: RuleFileOptions = {}): RuleFile {
  return new RuleFileReader(text, path, options).read();
}

type Fields = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** Gathers all problems of one file, so that a person mends them in one go. */
class RuleFileReader {
  readonly #path: string;
  readonly #options: RuleFileOptions;
  readonly #lines = new LineCounter();
  readonly #documents;
  readonly #problems: RuleProblem[] = [];

  constructor(text: string, path: string, options: RuleFileOptions) {
    this.#path = path;
    this.#options = options;
    // With the failsafe schema every scalar is the text that stands there: `for: 0` and `expr: 1` are strings to Prometheus.
    this.#documents = parseAllDocuments(text, { schema: 'failsafe', merge: true, lineCounter: this.#lines });
  }

  read(): RuleFile {
    const documents = Array.isArray(this.#documents) ? this.#documents : [];
    const [document] = documents;
    for (const error of document?.errors ?? []) {
      const problem = error.message.split(' at line ')[0]?.split('\n')[0] ?? error.message;
      this.#problems.push({ line: error.linePos?.[0].line ?? 0, path: '', problem });
    }
    let groups: readonly GroupSpec[] = [];
    if (this.#problems.length === 0) groups = this.#readTop(document?.toJS({ maxAliasCount: 1000 }));
    if (this.#problems.length > 0) throw new RuleFileError(this.#path, this.#problems);
    const warnings =
      documents.length > 1 ? [`${this.#path}: holds several YAML documents; only the first is read`] : [];
    return { path: this.#path, groups, warnings };
  }

  #readTop(top: unknown): GroupSpec[] {
    if (isAbsent(top)) return [];
    if (!isFields(top)) {
      this.#add([], 'expected a map with the key "groups"');
      return [];
    }
    this.#checkKeys(top, [], ['groups', ...emptyTopKeys.filter((key) => isEmpty(top[key]))]);
    const seen = new Set<string>();
    return this.#list(top['groups'], ['groups']).map((group, i) => {
      const spec = this.#readGroup(group, ['groups', i]);
      if (seen.has(spec.name)) {
        this.#add(
          ['groups', i, 'name'],
          `groupname: ${JSON.stringify(spec.name)} is repeated in the same file`,
        );
      }
      seen.add(spec.name);
      return spec;
    });
  }

  #readGroup(value: unknown, path: Path): GroupSpec {
    const fields = this.#fields(value, path);
    this.#checkKeys(fields, path, groupKeys);
    const name = this.#text(fields, 'name', path);
    if (name === '') this.#add(path, 'groupname must not be empty');
    const labels = this.#texts(fields['labels'], [...path, 'labels']);
    this.#checkRule({ labels }, path);
    const limitText = this.#text(fields, 'limit', path);
    if (!/^(|-?\d+)$/.test(limitText))
      this.#add([...path, 'limit'], `expected a whole number, got "${limitText}"`);
    const rules = this.#list(fields['rules'], [...path, 'rules']).map((rule, i) =>
      this.#readRule(rule, [...path, 'rules', i], labels),
    );
    return {
      name,
      intervalMs: this.#duration(fields, 'interval', path),
      limit: Math.max(0, Number(limitText)),
      queryOffsetMs: this.#duration(fields, 'query_offset', path),
      labels,
      rules,
      place: this.#place(path),
    };
  }

  #readRule(value: unknown, path: Path, groupLabels: Readonly<Record<string, string>>): RuleSpec {
    const fields = this.#fields(value, path);
    this.#checkKeys(fields, path, ruleKeys);
    const own = this.#texts(fields['labels'], [...path, 'labels']);
    const annotations = this.#texts(fields['annotations'], [...path, 'annotations']);
    const forMs = this.#duration(fields, 'for', path);
    const keepFiringForMs = this.#duration(fields, 'keep_firing_for', path);
    const record = this.#text(fields, 'record', path);
    const alert = this.#text(fields, 'alert', path);
    const expr = this.#text(fields, 'expr', path);
    this.#checkRule({ record, alert, expr, forMs, keepFiringForMs, labels: own, annotations }, path);
    const labels = { ...groupLabels, ...own };
    const place = this.#place(path);
    const fieldLines = this.#fieldLines(fields, path);
    if (alert === '') return { kind: 'recording', name: record, expr, labels, place, fieldLines };
    const times = { forMs: forMs ?? 0, keepFiringForMs: keepFiringForMs ?? 0 };
    return { kind: 'alerting', name: alert, expr, ...times, labels, annotations, place, fieldLines };
  }

  #checkRule(rule: Parameters<typeof problemsOfRule>[0], path: Path): void {
    for (const { at, problem } of problemsOfRule(rule, this.#options.nameValidation ?? 'utf8')) {
      this.#add([...path, ...at], problem);
    }
  }

  #checkKeys(fields: Fields, path: Path, known: readonly string[]): void {
    if (this.#options.ignoreUnknownFields === true) return;
    for (const key of Object.keys(fields)) {
      if (known.includes(key)) continue;
      this.#add([...path, key], `field ${key} not found among those of a rule file${didYouMean(key, known)}`);
    }
  }

  #fields(value: unknown, path: Path): Fields {
    if (isFields(value)) return value;
    this.#add(path, 'expected a map');
    return {};
  }

  #list(value: unknown, path: Path): readonly unknown[] {
    if (isAbsent(value)) return [];
    if (Array.isArray(value)) return value;
    this.#add(path, 'expected a list');
    return [];
  }

  #text(fields: Fields, key: string, path: Path): string {
    const value = fields[key];
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value;
    this.#add([...path, key], 'expected a text');
    return '';
  }

  #texts(value: unknown, path: Path): Record<string, string> {
    if (isAbsent(value)) return {};
    const texts: Record<string, string> = {};
    const fields = this.#fields(value, path);
    for (const key of Object.keys(fields)) texts[key] = this.#text(fields, key, path);
    return texts;
  }

  #duration(fields: Fields, key: string, path: Path): number | undefined {
    const text = this.#text(fields, key, path);
    if (text === '') return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) {
      this.#add([...path, key], `not a valid duration string: "${text}"; write it as 30s or 1h30m`);
    }
    return ms;
  }

  #add(path: Path, problem: string): void {
    this.#problems.push({ line: this.#lineOf(path), path: formatPath(path), problem });
  }

  #place(path: Path): Place {
    return { file: this.#path, line: this.#lineOf(path) };
  }

  #fieldLines(fields: Fields, path: Path): FieldLines {
    return Object.fromEntries(
      ruleKeys.flatMap((key) => (key in fields ? [[key, this.#lineOf([...path, key])]] : [])),
    );
  }

  /** Of the key, or of the nearest thing around it that the text itself holds (what an alias brings in stands elsewhere). */
  #lineOf(path: Path): number {
    const document = Array.isArray(this.#documents) ? this.#documents[0] : undefined;
    for (let depth = path.length; depth >= 0 && document !== undefined; depth--) {
      const at = path.slice(0, depth);
      const parent = depth === 0 ? undefined : document.getIn(at.slice(0, -1), true);
      const key = isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && item.key.value === at.at(-1))?.key
        : undefined;
      const node = (key ?? document.getIn(at, true)) as { readonly range?: readonly number[] } | undefined;
      const offset = node?.range?.[0];
      if (offset !== undefined) return this.#lines.linePos(offset).line;
    }
    return 0;
  }
}

/** Of a YAML scalar that stands for nothing, as the failsafe schema reads it. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '~' || value === 'null';
}

function isEmpty(value: unknown): boolean {
  if (isAbsent(value)) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
