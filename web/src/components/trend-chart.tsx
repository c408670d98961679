import { type ReactElement, useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { FrameworkScoreJson } from '../api/types.ts';
import { clockTime, zoneAt } from '../format/time.ts';
import { percent } from '../format/words.ts';
import './trend-chart.css';

/** The colours of the lines, by their order, as scores.tsx has them beside the names. */
const lineColours = ['--accent', '--high', '--low', '--medium', '--unknown'] as const;

const height = 150;

/** The scores of the last day. Loaded when needed; see the overview. */
export function TrendChart({
  frameworks,
}: {
  readonly frameworks: readonly FrameworkScoreJson[];
}): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [tip, setTip] = useState('');
  const [scheme, setScheme] = useState(currentScheme);

  useEffect(() => {
    const observer = new MutationObserver(() => setScheme(currentScheme()));
    observer.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the scheme's variables
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const plot = new UPlot(options(frameworks, element.clientWidth, setTip), joined(frameworks), element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [frameworks, scheme]);

  const said = frameworks.map(({ name, trend }) => {
    const [from, to] = [trend[0], trend.at(-1)];
    return from === undefined || to === undefined
      ? `${name}: nothing yet`
      : `${name} from ${percent(from[1])} to ${percent(to[1])}`;
  });
  return (
    <div className="trend" role="img" aria-label={`Scores over the last 24 hours. ${said.join('; ')}`}>
      <div ref={box} />
      {tip !== '' && <div className="trend-tip">{tip}</div>}
    </div>
  );
}

/** All lines over one time axis, as uPlot wants them. */
function joined(frameworks: readonly FrameworkScoreJson[]): UPlot.AlignedData {
  const tables = frameworks.map(
    ({ trend }): UPlot.AlignedData => [trend.map(([atMs]) => atMs / 1000), trend.map(([, score]) => score)],
  );
  return tables.length === 0 ? [[]] : UPlot.join(tables);
}

function options(
  frameworks: readonly FrameworkScoreJson[],
  width: number,
  onTip: (text: string) => void,
): UPlot.Options {
  const font = '11px system-ui, sans-serif';
  const axis = {
    font,
    stroke: colour('--ink-2'),
    ticks: { show: false },
    grid: { stroke: colour('--edge'), width: 1 },
  };
  return {
    width: Math.max(120, width),
    height,
    padding: [10, 12, 4, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { y: { range: (_plot, low, high) => bounds(low, high) } },
    axes: [
      { ...axis, size: 24, grid: { show: false }, values: (_plot, times) => times.map(hourOf), space: 70 },
      { ...axis, size: 44, values: (_plot, scores) => scores.map((score) => `${score} %`), space: 34 },
    ],
    series: [
      {},
      ...frameworks.map(({ name }, index) => ({
        label: name,
        stroke: colour(lineColours[index % lineColours.length] ?? '--accent'),
        width: 2,
        spanGaps: true,
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const at = plot.cursor.idx;
          const seconds = at === null || at === undefined ? undefined : plot.data[0][at];
          if (at === null || at === undefined || seconds === undefined) return onTip('');
          const scores = frameworks.map(({ name }, index) => {
            const score = plot.data[index + 1]?.[at];
            return typeof score === 'number' ? `${name} ${percent(score)}` : '';
          });
          onTip(
            `${clockTime(seconds * 1000).slice(0, 5)} ${zoneAt(seconds * 1000)} · ${scores.filter((each) => each !== '').join(' · ')}`,
          );
        },
      ],
    },
  };
}

/** Some air around the lines, at least ten points high, within 0 to 100. */
function bounds(low: number | null, high: number | null): [number, number] {
  const from = low ?? 0;
  const to = high ?? 100;
  const air = Math.max((to - from) * 0.15, (10 - (to - from)) / 2, 1);
  return [Math.max(0, Math.floor(from - air)), Math.min(100, Math.ceil(to + air))];
}

function hourOf(seconds: number): string {
  return clockTime(seconds * 1000).slice(0, 5);
}

function colour(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

function currentScheme(): string {
  return document.documentElement.getAttribute('data-mantine-color-scheme') ?? 'light';
}
