import { cvss4Score } from './cvss4.ts';

export interface CvssScore {
  /** `2.0`, `3.0`, `3.1`, `4.0`. */
  readonly version: string;
  /** 0 to 10, of the base metrics (and, in version 4, of the threat). */
  readonly score: number;
}

/**
 * The score of a CVSS vector of version 2, 3 or 4; undefined for what is none.
 *
 * @param version where the vector does not say it itself, as those of version 2 do not
 */
export function cvssScore(vector: string, version = ''): CvssScore | undefined {
  if (vector.length > 400) return undefined;
  const [, written = version, rest = ''] = /^(?:CVSS:(\d\.\d)\/)?\(?(.*?)\)?$/i.exec(vector.trim()) ?? [];
  const metrics = metricsOf(rest);
  if (metrics === undefined) return undefined;
  if (written.startsWith('4')) return scored(written, cvss4Score(metrics));
  if (written.startsWith('3')) return scored(written, version3(metrics));
  return scored('2.0', version2(metrics));
}

export type Metrics = ReadonlyMap<string, string>;

function metricsOf(text: string): Metrics | undefined {
  const metrics = new Map<string, string>();
  for (const part of text.split('/')) {
    const [name = '', value = '', ...more] = part.split(':');
    if (name === '' || value === '' || more.length > 0 || metrics.has(name)) return undefined;
    metrics.set(name, value);
  }
  return metrics;
}

function scored(version: string, score: number | undefined): CvssScore | undefined {
  return score === undefined || Number.isNaN(score) ? undefined : { version, score };
}

type Weights = Readonly<Record<string, number>>;

/** The weight of a metric's value; NaN when it is missing or none of those. */
function weigh(metrics: Metrics, name: string, weights: Weights): number {
  return weights[metrics.get(name) ?? ''] ?? Number.NaN;
}

/** Source: https://www.first.org/cvss/v2/guide (3.2.1) */
function version2(metrics: Metrics): number {
  const impacts: Weights = { N: 0, P: 0.275, C: 0.66 };
  const [c, i, a] = [
    weigh(metrics, 'C', impacts),
    weigh(metrics, 'I', impacts),
    weigh(metrics, 'A', impacts),
  ] as const;
  const impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  const exploitability =
    20 *
    weigh(metrics, 'AV', { L: 0.395, A: 0.646, N: 1 }) *
    weigh(metrics, 'AC', { H: 0.35, M: 0.61, L: 0.71 }) *
    weigh(metrics, 'Au', { M: 0.45, S: 0.56, N: 0.704 });
  const score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176);
  return Math.round(score * 10) / 10;
}

/** Source: https://www.first.org/cvss/v3.1/specification-document (7.1) */
function version3(metrics: Metrics): number {
  const impacts: Weights = { N: 0, L: 0.22, H: 0.56 };
  const isChanged = metrics.get('S') === 'C';
  if (!isChanged && metrics.get('S') !== 'U') return Number.NaN;
  const [c, i, a] = [
    weigh(metrics, 'C', impacts),
    weigh(metrics, 'I', impacts),
    weigh(metrics, 'A', impacts),
  ] as const;
  const base = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = isChanged ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  const exploitability =
    8.22 *
    weigh(metrics, 'AV', { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }) *
    weigh(metrics, 'AC', { L: 0.77, H: 0.44 }) *
    weigh(metrics, 'PR', isChanged ? { N: 0.85, L: 0.68, H: 0.5 } : { N: 0.85, L: 0.62, H: 0.27 }) *
    weigh(metrics, 'UI', { N: 0.85, R: 0.62 });
  if (Number.isNaN(impact + exploitability)) return Number.NaN;
  if (impact <= 0) return 0;
  return roundUp(Math.min((isChanged ? 1.08 : 1) * (impact + exploitability), 10));
}

/** To the next tenth, not led astray by the last bits of floating point. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
