import { type PointerEvent, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { type HeatMap as Heat, heatMapOf } from '../../../../src/dashboards/heat-map.ts';
import { recordOf, textOf } from '../../../../src/dashboards/json-view.ts';
import { showText } from '../../../../src/dashboards/units.ts';
import { axisTime, cssVariable, useScheme } from '../../components/chart-looks.ts';
import { count } from '../../format/words.ts';
import { useBoard } from './board-context.ts';
import { type BodyProperties, NoData } from './body.tsx';

/** How many there were of which size, over time: the more, the darker. */
export function HeatMap({ panel, data }: BodyProperties): ReactElement {
  const { show } = useBoard();
  const scheme = useScheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [tip, setTip] = useState('');
  const { startMs, endMs, stepMs } = data.question;
  const heat = useMemo(
    () => heatMapOf(data.series, { startMs, endMs, stepMs }),
    [data.series, startMs, endMs, stepMs],
  );
  const unit = textOf(recordOf(panel.options['yAxis'])['unit']) || textOf(panel.fields.defaults['unit']);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the scheme's variables
  useEffect(() => {
    const element = canvas.current;
    if (element === null || heat.highest === 0) return undefined;
    const draw = (): void => paint(element, heat);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [heat, scheme]);

  if (heat.highest === 0) return <NoData panel={panel} />;
  const bound = (value: number) =>
    Number.isFinite(value) ? showText(value, unit, undefined, show) : value > 0 ? 'more' : 'less';
  const told = (event: PointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * heat.timesMs.length);
    const row =
      heat.rows.length - 1 - Math.floor(((event.clientY - box.top) / box.height) * heat.rows.length);
    const here = heat.rows[row];
    const atMs = heat.timesMs[column];
    if (here === undefined || atMs === undefined) return;
    const many = here.counts[column];
    const size = `${bound(here.from)} to ${bound(here.to)}`;
    const time = showText(atMs, 'dateTimeAsSystem', undefined, show);
    setTip(
      `${time} · ${size} · ${many === null || many === undefined ? 'nothing known' : showText(many, 'short', undefined, show)}`,
    );
  };
  const marks = [
    ...new Set([0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (heat.rows.length - 1)))),
  ];
  return (
    <div className="dash-heat">
      <div className="dash-heat-rows" aria-hidden>
        {marks.toReversed().map((row) => (
          <span key={row}>{bound(heat.rows[row]?.to ?? 0)}</span>
        ))}
      </div>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${count(heat.rows.length)} sizes over time`}
        onPointerMove={told}
        onPointerLeave={() => setTip('')}
      />
      <div className="dash-heat-times small dim" aria-hidden>
        {tip === '' ? (
          [0, 0.5, 1].map((share) => (
            <span key={share}>{axisTime(startMs + share * (endMs - startMs), endMs - startMs)}</span>
          ))
        ) : (
          <span className="clip">{tip}</span>
        )}
      </div>
    </div>
  );
}

function paint(element: HTMLCanvasElement, { rows, timesMs, highest }: Heat): void {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(element.clientWidth * ratio));
  const height = Math.max(1, Math.round(element.clientHeight * ratio));
  element.width = width;
  element.height = height;
  const context = element.getContext('2d');
  if (context === null) return;
  context.clearRect(0, 0, width, height);
  context.fillStyle = cssVariable('--accent');
  const wide = width / timesMs.length;
  const high = height / rows.length;
  rows.forEach(({ counts }, row) => {
    counts.forEach((many, column) => {
      if (many === null || many <= 0) return;
      // The root makes few visible beside many.
      context.globalAlpha = 0.12 + 0.88 * Math.sqrt(many / highest);
      context.fillRect(
        column * wide,
        height - (row + 1) * high + 0.5,
        Math.max(1, wide - 0.5),
        Math.max(1, high - 1),
      );
    });
  });
}
