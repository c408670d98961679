import type { Labels } from '../../model/labels.ts';
import type { MetricFamily, MetricType } from '../../model/metric.ts';

const none: Labels = {};

/** A family that grows series by series. */
export class FamilyBuilder implements MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly samples: { name: string; labels: Labels; value: number }[] = [];

  constructor(name: string, type: MetricType, help: string) {
    this.name = name;
    this.type = type;
    this.help = help;
  }

  add(value: number, labels: Labels = none): this {
    this.samples.push({ name: this.name, labels, value });
    return this;
  }
}

export function gauge(name: string, help: string): FamilyBuilder {
  return new FamilyBuilder(name, 'gauge', help);
}

export function counter(name: string, help: string): FamilyBuilder {
  return new FamilyBuilder(name, 'counter', help);
}

/** Families by name, made when their first series comes: for sources that say only while reading what they have. */
export class FamilySet {
  readonly #byName = new Map<string, FamilyBuilder>();

  add(family: Pick<MetricFamily, 'name' | 'type' | 'help'>, value: number, labels?: Labels): void {
    let found = this.#byName.get(family.name);
    if (found === undefined) {
      found = new FamilyBuilder(family.name, family.type, family.help);
      this.#byName.set(family.name, found);
    }
    found.add(value, labels);
  }

  get families(): readonly MetricFamily[] {
    return [...this.#byName.values()];
  }
}
