import { type FieldStyle, thresholdColour } from '../../../../src/dashboards/field-style.ts';
import { colourOf, cssVariable } from '../../components/chart-looks.ts';

/** Grafana's names of colours as ours, which reach the contrast that text needs in light and dark. */
const named: Readonly<Record<string, string>> = {
  green: '--ok',
  red: '--critical',
  orange: '--high',
  yellow: '--medium',
  blue: '--low',
  text: '--ink-2',
  gray: '--ink-2',
  grey: '--ink-2',
  white: '--ink',
  black: '--ink',
  cyan: '--accent',
};

/** A colour of a dashboard for CSS and canvas: a name of Grafana's, `#a1b2c3`, `rgb(…)`. */
export function colourNamed(name: string): string {
  if (name === 'transparent') return 'transparent';
  if (/^(#[0-9a-f]{3,8}|rgba?\([\d\s.,%]+\)|hsla?\([\d\s.,%deg]+\))$/i.test(name)) return name;
  const plain = name.replace(/^(super-light|semi-dark|light|dark)-/, '');
  const variable = named[plain];
  if (variable !== undefined) return cssVariable(variable);
  return plain === 'purple' || plain === 'pink' ? colourOf(3) : cssVariable('--accent');
}

/** The colour of a line, bar or number. */
export function colourFor(
  value: number | undefined,
  style: FieldStyle,
  index: number,
  mapped?: string,
): string {
  if (mapped !== undefined) return colourNamed(mapped);
  const { colourMode, fixedColour } = style;
  if (colourMode === 'fixed' || colourMode === 'shades') return colourNamed(fixedColour);
  if (colourMode === 'thresholds' && value !== undefined)
    return colourNamed(thresholdColour(value, style) ?? 'text');
  if (colourMode === 'palette-classic-by-name') return colourOf(hash(style.name));
  if (colourMode.startsWith('continuous-')) return continuous(value, style);
  return colourOf(index);
}

function hash(text: string): number {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return sum;
}

/** Of a scale three steps: what is between them nobody can tell apart in a number. */
function continuous(value: number | undefined, { colourMode, min = 0, max = 100 }: FieldStyle): string {
  const share = value === undefined ? 0 : (value - min) / (max - min || 1);
  const steps = /GrYlRd|BlYlRd/.test(colourMode) ? ['green', 'yellow', 'red'] : ['red', 'yellow', 'green'];
  return colourNamed(steps[share < 1 / 3 ? 0 : share < 2 / 3 ? 1 : 2] ?? 'blue');
}
