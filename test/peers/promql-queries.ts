import type { Random } from './promql-random.ts';

const selectors = [
  'http_requests_total',
  'http_requests_total{job="api"}',
  'http_requests_total{code=~"4..|500"}',
  'http_requests_total{job="web",code!="404"}',
  'temperature',
  'temperature{room=~".*t.*"}',
  'queue_length',
  'queue_length{job="api"}',
  'request_seconds_bucket{job="api"}',
  'request_seconds_count',
  'request_seconds_sum',
  'build_info',
  'no_such_metric',
];
/** Values that are no numbers only go where both programs say the same of them. */
const strange = ['strange', 'strange{kind="x"}'];
const counters = selectors.filter((selector) => /total|request_/.test(selector));
const gauges = selectors.filter((selector) => /temperature|queue/.test(selector));
const labels = ['job', 'instance', 'code', 'room', 'le'];
/** Multiples of 10 s: no range or step of a subquery ends on a sample, or begins where the query's time stands. */
const ranges = ['1m', '2m', '5m', '10m', '20m', '30m'];
const offsets = ['30s', '1m', '5m', '-1m', '20m'];
const ofCounter = ['rate', 'increase', 'irate', 'resets'];
const ofGauge = [
  'delta',
  'idelta',
  'deriv',
  'changes',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'sum_over_time',
  'count_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'last_over_time',
  'present_over_time',
];
const ofNumber = [
  'abs',
  'ceil',
  'floor',
  'exp',
  'sqrt',
  'ln',
  'log2',
  'log10',
  'sgn',
  'deg',
  'rad',
  'atan',
  'tanh',
];
const ofTime = [
  'minute',
  'hour',
  'day_of_week',
  'day_of_month',
  'day_of_year',
  'days_in_month',
  'month',
  'year',
];
/** Series whose values are whole: their text as a label is the same, however they were rounded on the way. */
const wholes = ['queue_length', 'queue_length{job="api"}', 'build_info', 'round(temperature)', 'hour()'];
const comparisons = ['==', '!=', '>', '<', '>=', '<='];
/** Without `%`, which makes much of the last digit of what was computed. */
const arithmetic = ['+', '-', '*', '/', '^'];

/** A query of the language that both programs speak, as deep as `depth`. */
export function generateQuery(random: Random, depth = 3): string {
  return random.chance(0.06) ? scalar(random, depth) : vector(random, depth);
}

function vector(random: Random, depth: number): string {
  if (depth <= 0) return selector(random);
  const inner = (): string => vector(random, depth - 1);
  const kind = random.below(15);
  switch (kind) {
    case 0:
      return selector(random);
    case 1:
    case 2:
    case 3:
      return overRange(random, depth);
    case 4:
    case 5:
    case 6:
      return aggregate(random, inner());
    case 7:
      return `${random.pick(ofNumber)}(${inner()})`;
    case 8:
      return math(random, inner());
    case 9:
      return `${operand(inner())} ${operator(random)} ${scalar(random, depth - 1)}`;
    case 10:
      return `${scalar(random, depth - 1)} ${operator(random)} ${operand(inner())}`;
    case 11:
      return join(random);
    case 12:
      return `${operand(inner())} ${random.pick(['and', 'or', 'unless'])} ${matching(random)}${operand(inner())}`;
    case 13:
      return histogram(random);
    default:
      return other(random, inner());
  }
}

function operand(text: string): string {
  return `(${text})`;
}

function selector(random: Random): string {
  return `${random.pick(random.chance(0.05) ? strange : selectors)}${modifiers(random)}`;
}

function modifiers(random: Random): string {
  if (random.chance(0.1)) return ` offset ${random.pick(offsets)}`;
  if (random.chance(0.05)) return ' @ 1704070807';
  if (random.chance(0.05)) return ` @ ${random.pick(['start()', 'end()'])}`;
  return '';
}

function overRange(random: Random, depth: number): string {
  const range = random.pick(ranges);
  if (depth > 1 && random.chance(0.2)) {
    const inner = operand(
      random.chance(0.5) ? `rate(${random.pick(counters)}[2m])` : vector(random, depth - 2),
    );
    return `${random.pick(ofGauge)}(${inner}[${random.pick(['5m', '10m'])}:${random.pick(['30s', '1m', '20s'])}]${modifiers(random)})`;
  }
  if (random.chance(0.4))
    return `${random.pick(ofCounter)}(${random.pick(counters)}[${range}]${modifiers(random)})`;
  const gauge = random.pick(gauges);
  if (random.chance(0.15))
    return `quantile_over_time(${random.pick(['0', '0.3', '0.9', '1', '2'])}, ${gauge}[${range}])`;
  if (random.chance(0.1)) return `predict_linear(${gauge}[${range}], ${random.below(4000)})`;
  if (random.chance(0.05)) return `absent_over_time(${random.pick(selectors)}[${range}])`;
  return `${random.pick(ofGauge)}(${gauge}[${range}]${modifiers(random)})`;
}

function grouping(random: Random): string {
  if (random.chance(0.3)) return '';
  const names = labels.filter(() => random.chance(0.4));
  return `${random.pick(['by', 'without'])} (${names.join(', ')}) `;
}

function aggregate(random: Random, inner: string): string {
  const kind = random.below(8);
  if (kind === 0) return `quantile ${grouping(random)}(${random.pick(['0.2', '0.5', '0.99'])}, ${inner})`;
  if (kind === 1) return `count_values ${grouping(random)}("value", ${random.pick(wholes)})`;
  // Of finite values: the deviation of one value that is none was 0.
  if (kind === 2) return `${random.pick(['stddev', 'stdvar'])} ${grouping(random)}(${random.pick(gauges)})`;
  const op = random.pick(['sum', 'avg', 'count', 'min', 'max', 'group']);
  return `${op} ${grouping(random)}(${inner})`;
}

function operator(random: Random): string {
  if (random.chance(0.3)) return `${random.pick(comparisons)} bool`;
  return random.pick(arithmetic);
}

function matching(random: Random): string {
  if (random.chance(0.5)) return '';
  return `${random.pick(['on', 'ignoring'])} (${labels.filter(() => random.chance(0.3)).join(', ')}) `;
}

function join(random: Random): string {
  const op = random.pick([...arithmetic, ...comparisons, '== bool', '> bool']);
  const rate = (name: string): string => `rate(${name}[${random.pick(ranges)}])`;
  return random.pick([
    `rate(request_seconds_sum[5m]) ${op} rate(request_seconds_count[5m])`,
    `queue_length ${op} on (instance) group_left (version) build_info`,
    `build_info ${op} on (instance) group_right () queue_length`,
    `${rate('http_requests_total')} ${op} ignoring (code) group_left () queue_length`,
    `sum by (job) (${rate('http_requests_total')}) ${op} sum by (job) (queue_length)`,
    `http_requests_total{code="500"} ${op} ignoring (code) http_requests_total{code="200"}`,
    `queue_length ${op} temperature`,
    `http_requests_total ${op} ignoring (code) queue_length`,
  ]);
}

function histogram(random: Random): string {
  const phi = random.pick(['0', '0.1', '0.5', '0.9', '0.99', '1', '-1', '2']);
  const range = random.pick(ranges);
  return random.pick([
    `histogram_quantile(${phi}, rate(request_seconds_bucket[${range}]))`,
    `histogram_quantile(${phi}, sum by (le) (rate(request_seconds_bucket[${range}])))`,
    `histogram_quantile(${phi}, request_seconds_bucket)`,
  ]);
}

function math(random: Random, inner: string): string {
  return random.pick([
    `clamp(${inner}, -3, ${random.below(100)})`,
    `clamp_min(${inner}, ${random.below(10)})`,
    `clamp_max(${inner}, ${random.below(100)})`,
    // Of values as they are stored: what was computed may round to the other side, or be far around a circle.
    `${random.pick(['sin', 'cos'])}(${random.pick(gauges)})`,
    `${random.pick(selectors)} % ${random.pick(['2.5', '-3', '7', 'Inf', '0'])}`,
    `round(${random.pick(gauges)})`,
    `round(${random.pick(gauges)}, 0.5)`,
    `-(${inner})`,
    `timestamp(${inner})`,
    `${random.pick(ofTime)}(timestamp(${random.pick(selectors)}) * ${random.pick(['1', '0.5', '1.2'])})`,
  ]);
}

function other(random: Random, inner: string): string {
  return random.pick([
    `absent(${inner})`,
    `vector(${scalar(random, 1)})`,
    `label_replace(${inner}, "copy", "$1-x", "job", "(.*)")`,
    `label_replace(${inner}, "job", "", "instance", "a.*")`,
    `label_join(${inner}, "both", "/", "job", "instance")`,
    `${random.pick(ofTime)}()`,
    `topk(2, temperature)`,
    `bottomk(3, rate(http_requests_total[5m]))`,
    `topk by (job) (1, rate(http_requests_total[${random.pick(ranges)}]))`,
    `scalar(sum(${inner})) * temperature`,
  ]);
}

function scalar(random: Random, depth: number): string {
  if (depth <= 0 || random.chance(0.6))
    return random.pick(['0', '1', '2.5', '-3', '10', '0.1', '1e3', 'Inf', 'NaN']);
  return random.pick([
    'time()',
    'pi()',
    `(${scalar(random, depth - 1)} ${random.pick([...arithmetic, 'atan2'])} ${scalar(random, depth - 1)})`,
    `scalar(${random.pick(['temperature{room="attic"}', 'temperature', 'sum(queue_length)'])})`,
    '-time()',
  ]);
}
