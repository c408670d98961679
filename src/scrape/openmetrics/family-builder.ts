import { checkPoint, checkSample, pointLabel } from './check-values.ts';
import { ExpositionError } from './exposition-error.ts';
import { type FamilySample, type MetricFamily, type MetricType, sampleSuffixes } from './metric-family.ts';

/** One family while its lines are read; every rule within a family is kept here. */
export class FamilyBuilder {
  readonly name: string;
  readonly #line: number;
  #type: MetricType | undefined;
  #help: string | undefined;
  #unit: string | undefined;
  readonly #samples: FamilySample[] = [];
  /** Label sets, without what tells a point's own samples apart, of metrics that have ended. */
  readonly #ended = new Set<string>();
  #metric: string | undefined;
  /** Samples of the metric's present point. */
  #point: FamilySample[] = [];

  constructor(name: string, line: number) {
    this.name = name;
    this.#line = line;
  }

  setType(type: MetricType, line: number): void {
    this.#mustBeNew('TYPE', this.#type, line);
    this.#type = type;
  }

  setHelp(help: string, line: number): void {
    this.#mustBeNew('HELP', this.#help, line);
    this.#help = help;
  }

  setUnit(unit: string, line: number): void {
    this.#mustBeNew('UNIT', this.#unit, line);
    if (unit !== '' && !this.name.endsWith(`_${unit}`)) {
      throw new ExpositionError(
        line,
        `the family ${this.name} has the unit "${unit}", and its name does not end in _${unit}`,
      );
    }
    this.#unit = unit;
  }

  /** Whether a sample of the name is one of the family's. */
  takes(sampleName: string): boolean {
    return sampleSuffixes[this.#type ?? 'unknown'].some((suffix) => this.name + suffix === sampleName);
  }

  refusal(sampleName: string): string {
    const names = sampleSuffixes[this.#type ?? 'unknown'].map((suffix) => this.name + suffix);
    return `a ${this.#type ?? 'unknown'} has no sample ${sampleName}, only ${names.join(', ')}`;
  }

  /** @throws {ExpositionError} */
  add(sample: FamilySample): void {
    const type = this.#type ?? 'unknown';
    const suffix = sample.name.slice(this.name.length);
    checkSample(sample, { family: this.name, type, suffix });
    const metric = metricOf(sample, pointLabel(type, this.name));
    if (metric !== this.#metric) this.#beginMetric(metric, sample);
    else this.#checkTime(sample, type);
    this.#point.push(sample);
    this.#samples.push(sample);
  }

  /** @throws {ExpositionError} for a point that lacks something, or metadata that do not go together. */
  finish(): MetricFamily {
    this.#endPoint();
    const type = this.#type ?? 'unknown';
    if ((this.#unit ?? '') !== '' && (type === 'info' || type === 'stateset')) {
      throw new ExpositionError(this.#line, `the family ${this.name} is of type ${type}, which has no unit`);
    }
    return {
      name: this.name,
      type,
      help: this.#help,
      unit: this.#unit,
      samples: this.#samples,
      line: this.#line,
    };
  }

  #mustBeNew(keyword: string, held: unknown, line: number): void {
    if (held !== undefined)
      throw new ExpositionError(line, `a second # ${keyword} for the family ${this.name}`);
    if (this.#samples.length > 0) {
      throw new ExpositionError(line, `# ${keyword} comes after samples of the family ${this.name}`);
    }
  }

  #beginMetric(metric: string, { line }: FamilySample): void {
    this.#endPoint();
    if (this.#metric !== undefined) this.#ended.add(this.#metric);
    if (this.#ended.has(metric)) {
      throw new ExpositionError(line, `samples of ${this.name} with the same labels do not stand together`);
    }
    this.#metric = metric;
  }

  /** Points of one metric have times that do not go back, or no times at all. */
  #checkTime(sample: FamilySample, type: MetricType): void {
    const before = this.#point.at(-1)?.timestampMs;
    const now = sample.timestampMs;
    if (type === 'info') return;
    if ((before === undefined) !== (now === undefined)) {
      throw new ExpositionError(
        sample.line,
        `of the samples of ${this.name} with the same labels, some have a timestamp and some have none`,
      );
    }
    if (before !== undefined && now !== undefined && now < before) {
      throw new ExpositionError(
        sample.line,
        `the timestamp is before that of the line above, of the same metric`,
      );
    }
    const isRepeated = this.#point.some((held) => held.name === sample.name && sameLabels(held, sample));
    if (isRepeated && now === undefined) {
      throw new ExpositionError(sample.line, `the sample ${sample.name} is there twice with the same labels`);
    }
    if (before !== now || isRepeated) this.#endPoint();
  }

  #endPoint(): void {
    if (this.#point.length > 0) checkPoint(this.#point, this.name, this.#type ?? 'unknown');
    this.#point = [];
  }
}

/** The labels of the metric that a sample is a part of, as one text. */
function metricOf({ labels }: FamilySample, own: string | undefined): string {
  return JSON.stringify(labels.filter(([name]) => name !== own).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sameLabels(a: FamilySample, b: FamilySample): boolean {
  return metricOf(a, undefined) === metricOf(b, undefined);
}
