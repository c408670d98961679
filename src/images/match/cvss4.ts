import type { Metrics } from './cvss.ts';

/**
 * Tenths of the scores that experts gave to the classes of vectors: a row for each (EQ1, EQ2, EQ3), in it EQ4, EQ5 and EQ6.
 * Where EQ3 is 2, EQ6 can only be 1.
 *
 * Source: https://www.first.org/cvss/v4.0/specification-document (8.2, 8.3)
 */
const classScores = [
  '100 99 98 95 95 92 100 96 93 87 91 81 93 90 89 80 81 68',
  '98 95 95 92 90 84 93 92 89 81 81 65 88 80 78 70 69 48',
  '92 82 72 79 69 50 69 55 27',
  '99 97 95 92 92 85 95 91 90 83 84 71 92 81 82 71 72 53',
  '95 93 92 85 85 73 92 82 80 72 70 59 84 70 71 52 50 30',
  '86 75 52 71 52 29 63 29 17',
  '98 95 94 87 91 81 94 89 86 74 77 64 87 75 74 63 63 49',
  '94 89 88 77 76 67 86 76 74 58 59 50 72 57 57 52 52 25',
  '83 70 54 65 58 26 53 21 13',
  '95 90 88 76 76 70 90 77 75 62 61 53 77 66 68 59 52 30',
  '89 78 76 67 62 58 74 59 57 57 47 23 61 52 57 29 24 16',
  '71 59 30 58 26 15 23 13 6',
  '93 87 86 72 75 58 86 74 74 61 56 34 70 54 52 40 40 22',
  '85 75 74 55 62 51 72 57 55 41 46 19 53 36 34 19 19 8',
  '64 51 20 47 21 11 24 9 4',
  '88 75 73 53 60 50 73 55 59 40 41 20 54 43 45 22 20 11',
  '75 55 58 45 40 21 61 51 48 18 20 9 46 18 17 7 8 2',
  '53 24 14 24 12 5 10 3 1',
].map((row) => row.split(' ').map((tenths) => Number(tenths) / 10));

/** Values of each metric from the most to the least severe: the distance between two is that of their places. */
const severityOrder: Readonly<Record<string, string>> = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: 'SHLN',
  SI: 'SHLN',
  SA: 'SHLN',
  CR: 'HML',
  IR: 'HML',
  AR: 'HML',
};

const mandatory = ['AV', 'AC', 'AT', 'PR', 'UI', 'VC', 'VI', 'VA', 'SC', 'SI', 'SA'];

type Class = readonly [eq1: number, eq2: number, eq3: number, eq4: number, eq5: number, eq6: number];

/** Metrics of a vector, with the values that count when others are given in their place. */
type Values = Readonly<Record<string, string>>;

/** The score of base, threat and environmental metrics of version 4; undefined when a metric is missing or unknown. */
export function cvss4Score(metrics: Metrics): number | undefined {
  const values = effective(metrics);
  if (values === undefined) return undefined;
  if (['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].every((name) => values[name] === 'N')) return 0;
  const found = classOf(values);
  const score = scoreOf(found);
  if (score === undefined) return undefined;
  const parts = partsOf(found);
  const drops = parts.flatMap((part) => {
    const lower = part.lower.map(scoreOf).filter((one) => one !== undefined);
    if (lower.length === 0) return [];
    const distance = distanceOf(values, part);
    return [(score - Math.max(...lower)) * (distance / part.depth)];
  });
  // The threat has one value in each class, so that there is no way to go in it, but the class below counts in the mean.
  const hasLowerThreat = scoreOf(oneBelow(found, 4)) !== undefined;
  const count = drops.length + Number(hasLowerThreat);
  const drop = count === 0 ? 0 : drops.reduce((sum, one) => sum + one, 0) / count;
  return Math.floor(Math.min(10, Math.max(0, score - drop)) * 10 + 0.5 + 1e-9) / 10;
}

function effective(metrics: Metrics): Values | undefined {
  if (mandatory.some((name) => !(severityOrder[name] ?? '').includes(metrics.get(name) ?? '?')))
    return undefined;
  const values: Record<string, string> = {};
  for (const name of [...mandatory, 'CR', 'IR', 'AR']) {
    const modified = metrics.get(`M${name}`) ?? 'X';
    const own = metrics.get(name) ?? 'X';
    values[name] = modified !== 'X' ? modified : own !== 'X' ? own : 'H';
  }
  const threat = metrics.get('E') ?? 'X';
  values['E'] = threat === 'X' ? 'A' : threat;
  const isKnown = Object.entries(values).every(([name, value]) =>
    name === 'E' ? 'APU'.includes(value) : (severityOrder[name] ?? '').includes(value),
  );
  return isKnown ? values : undefined;
}

function classOf(values: Values): Class {
  const is = (name: string, value: string): boolean => values[name] === value;
  const eq1 = accessClass(['AV', 'PR', 'UI'].filter((name) => is(name, 'N')).length, is('AV', 'P'));
  const eq2 = is('AC', 'L') && is('AT', 'N') ? 0 : 1;
  const eq3 = is('VC', 'H') && is('VI', 'H') ? 0 : ['VC', 'VI', 'VA'].some((name) => is(name, 'H')) ? 1 : 2;
  const eq4 = is('SI', 'S') || is('SA', 'S') ? 0 : ['SC', 'SI', 'SA'].some((name) => is(name, 'H')) ? 1 : 2;
  const eq5 = 'APU'.indexOf(values['E'] ?? 'A');
  const eq6 = ['C', 'I', 'A'].some((of) => is(`${of}R`, 'H') && is(`V${of}`, 'H')) ? 0 : 1;
  return [eq1, eq2, eq3, eq4, eq5, eq6];
}

/** @param open how many of attack vector, privileges and interaction are the easiest */
function accessClass(open: number, isPhysical: boolean): 0 | 1 | 2 {
  if (open === 3) return 0;
  return open > 0 && !isPhysical ? 1 : 2;
}

function scoreOf([eq1, eq2, eq3, eq4, eq5, eq6]: Class): number | undefined {
  if (eq1 > 2 || eq2 > 1 || eq3 > 2 || eq4 > 2 || eq5 > 2 || eq6 > 1 || (eq3 === 2 && eq6 === 0))
    return undefined;
  const row = classScores[(eq1 * 2 + eq2) * 3 + eq3];
  return eq3 === 2 ? row?.[eq4 * 3 + eq5] : row?.[(eq4 * 3 + eq5) * 2 + eq6];
}

/** One group of metrics: what its class reaches from, how far it goes, and which classes come below. */
interface Part {
  readonly names: readonly string[];
  /** The most severe vectors of the class, values in the order of `names`. */
  readonly maxima: readonly string[];
  /** Steps from there to the least severe. */
  readonly depth: number;
  readonly lower: readonly Class[];
}

const maximaOf3and6: Readonly<Record<string, readonly string[]>> = {
  '00': ['HHHHHH'],
  '01': ['HHLMMH', 'HHHMMM'],
  '10': ['LHHHHH', 'HLHHHH'],
  '11': ['LHLHMH', 'LHHHMM', 'HLHMHM', 'HLLMHH', 'LLHHHM'],
  '21': ['LLLHHH'],
};
const depthOf3and6: Readonly<Record<string, number>> = { '00': 7, '01': 6, '10': 8, '11': 8, '21': 10 };

function partsOf(found: Class): readonly Part[] {
  const [eq1, eq2, eq3, eq4, , eq6] = found;
  const both = `${eq3}${eq6}`;
  return [
    {
      names: ['AV', 'PR', 'UI'],
      maxima: [['NNN'], ['ANN', 'NLN', 'NNP'], ['PNN', 'ALP']][eq1] ?? [],
      depth: [1, 4, 5][eq1] ?? 1,
      lower: [oneBelow(found, 0)],
    },
    {
      names: ['AC', 'AT'],
      maxima: [['LN'], ['HN', 'LP']][eq2] ?? [],
      depth: [1, 2][eq2] ?? 1,
      lower: [oneBelow(found, 1)],
    },
    {
      names: ['VC', 'VI', 'VA', 'CR', 'IR', 'AR'],
      maxima: maximaOf3and6[both] ?? [],
      depth: depthOf3and6[both] ?? 1,
      lower: lowerOf3and6(found),
    },
    {
      names: ['SC', 'SI', 'SA'],
      maxima: [['HSS'], ['HHH'], ['LLL']][eq4] ?? [],
      depth: [6, 5, 4][eq4] ?? 1,
      lower: [oneBelow(found, 3)],
    },
  ];
}

/** EQ3 and EQ6 are looked at together, as not all of their combinations exist. */
function lowerOf3and6(found: Class): readonly Class[] {
  const [, , eq3, , , eq6] = found;
  if (eq3 === 0 && eq6 === 0) return [oneBelow(found, 5), oneBelow(found, 2)];
  if (eq6 === 1) return [oneBelow(found, 2)];
  return [oneBelow(found, 5)];
}

/** The class one below in one place. */
function oneBelow(found: Class, place: number): Class {
  const lower = [...found] as [number, number, number, number, number, number];
  lower[place] = (lower[place] ?? 0) + 1;
  return lower;
}

/** Steps down from the first of the most severe vectors that nothing of this one is above. */
function distanceOf(values: Values, { names, maxima }: Part): number {
  for (const highest of maxima) {
    const steps = names.map((name, i) => {
      const order = severityOrder[name] ?? '';
      return order.indexOf(values[name] ?? '') - order.indexOf(highest[i] ?? '');
    });
    if (steps.every((step) => step >= 0)) return steps.reduce((sum, step) => sum + step, 0);
  }
  return 0;
}
