import type { MetricFamily } from '../openmetrics/metric-family.ts';

export interface MetricLint {
  readonly metric: string;
  /** What is against the rules of naming, in our words. */
  readonly problem: string;
}

/** Units that metrics are measured in, and what should not stand for them. */
const bases: Readonly<Record<string, readonly string[]>> = {
  seconds: [
    'nanoseconds',
    'microseconds',
    'milliseconds',
    'minutes',
    'hours',
    'days',
    'weeks',
    'months',
    'years',
  ],
  bytes: [
    'bits',
    'kilobytes',
    'megabytes',
    'gigabytes',
    'terabytes',
    'kibibytes',
    'mebibytes',
    'gibibytes',
    'tebibytes',
  ],
  meters: [
    'nanometers',
    'micrometers',
    'millimeters',
    'centimeters',
    'kilometers',
    'miles',
    'inches',
    'yards',
  ],
  grams: ['nanograms', 'micrograms', 'milligrams', 'kilograms', 'tonnes', 'ounces', 'pounds'],
  celsius: ['kelvins', 'fahrenheit'],
  volts: ['microvolts', 'millivolts', 'kilovolts', 'megavolts'],
  amperes: ['microamperes', 'milliamperes', 'kiloamperes'],
  joules: ['microjoules', 'millijoules', 'kilojoules', 'megajoules', 'calories'],
  ratio: ['percent', 'percentage', 'percents'],
};

const abbreviations: Readonly<Record<string, string>> = {
  s: 'seconds',
  ms: 'seconds',
  us: 'seconds',
  ns: 'seconds',
  sec: 'seconds',
  msec: 'seconds',
  b: 'bytes',
  kb: 'bytes',
  mb: 'bytes',
  gb: 'bytes',
  tb: 'bytes',
  m: 'meters',
  km: 'meters',
  g: 'grams',
  kg: 'grams',
  v: 'volts',
  a: 'amperes',
  j: 'joules',
};

/**
 * What is against the conventions of naming metrics.
 *
 * Source: https://prometheus.io/docs/practices/naming/
 */
export function lintFamilies(families: readonly MetricFamily[]): readonly MetricLint[] {
  return families.flatMap((family) =>
    problemsOf(family).map((problem) => ({ metric: family.name, problem })),
  );
}

function problemsOf(family: MetricFamily): readonly string[] {
  return [helpProblem(family), ...unitProblems(family), ...suffixProblems(family), ...nameProblems(family)]
    .concat(labelProblems(family))
    .filter((problem) => problem !== undefined);
}

function helpProblem({ help }: MetricFamily): string | undefined {
  return help === undefined || help === '' ? 'has no help text' : undefined;
}

function unitProblems({ name }: MetricFamily): readonly string[] {
  const words = name.split('_');
  return words.flatMap((word, index) => {
    const base = Object.keys(bases).find((unit) => bases[unit]?.includes(word));
    if (base !== undefined) return [`should use the base unit "${base}", not "${word}"`];
    const isAtEnd =
      index > 0 && words.slice(index + 1).every((next) => /^(?:total|sum|count|bucket|info)$/.test(next));
    const meant = abbreviations[word];
    return isAtEnd && meant !== undefined ? [`should not abbreviate its unit: "${word}"`] : [];
  });
}

function suffixProblems({ name, type }: MetricFamily): readonly string[] {
  const problems: string[] = [];
  if (type === 'counter' && !name.endsWith('_total'))
    problems.push('is a counter and should end in "_total"');
  if (type !== 'counter' && type !== 'unknown' && name.endsWith('_total')) {
    problems.push('is no counter and should not end in "_total"');
  }
  const reserved =
    type === 'histogram' ? [] : type === 'summary' ? ['_bucket'] : ['_bucket', '_count', '_sum'];
  for (const suffix of type === 'unknown' ? [] : reserved) {
    if (name.endsWith(suffix))
      problems.push(
        `is no ${suffix === '_bucket' ? 'histogram' : 'histogram or summary'} and should not end in "${suffix}"`,
      );
  }
  return problems;
}

function nameProblems({ name, type }: MetricFamily): readonly string[] {
  const problems: string[] = [];
  if (name.includes(':')) problems.push('should not contain ":", which is for recording rules');
  if (/[a-z][A-Z]/.test(name)) problems.push("should be written in 'snake_case', not in 'camelCase'");
  if (type !== 'unknown' && new RegExp(`(?:^|_)${type}(?:_|$)`).test(name.toLowerCase())) {
    problems.push(`should not have its type "${type}" in its name`);
  }
  return problems;
}

function labelProblems({ samples, type }: MetricFamily): string[] {
  const names = new Set(samples.flatMap(({ labels }) => labels.map(([name]) => name)));
  return [...names].flatMap((name) => {
    const problems: string[] = [];
    if (/[a-z][A-Z]/.test(name)) problems.push(`has the label "${name}", which should be in 'snake_case'`);
    if (name === 'le' && type !== 'histogram' && type !== 'unknown')
      problems.push('is no histogram and has the label "le"');
    if (name === 'quantile' && type !== 'summary' && type !== 'unknown') {
      problems.push('is no summary and has the label "quantile"');
    }
    return problems;
  });
}
