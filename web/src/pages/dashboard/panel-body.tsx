import { lazy, type ReactElement, Suspense } from 'react';
import { Bar } from '../../components/states.tsx';
import { BarGauge } from './bar-gauge.tsx';
import { type BodyProperties, NoData } from './body.tsx';
import { Gauge } from './gauge.tsx';
import { Stat } from './stat.tsx';
import { TablePanel } from './table-panel.tsx';
import { TextPanel } from './text-panel.tsx';
import { Unsupported } from './unsupported.tsx';
import './panels.css';

const TimeSeries = lazy(() =>
  import('./time-series.tsx').then(({ TimeSeries: part }) => ({ default: part })),
);
const HeatMap = lazy(() => import('./heat-map.tsx').then(({ HeatMap: part }) => ({ default: part })));

/** What a panel shows, by its kind. */
export function PanelBody(properties: BodyProperties): ReactElement {
  const { panel, data } = properties;
  if (panel.type === 'text') return <TextPanel {...properties} />;
  if (panel.type === 'heatmap')
    return (
      <Suspense fallback={<Bar />}>
        <HeatMap {...properties} />
      </Suspense>
    );
  if (panel.type === 'timeseries' || panel.type === 'graph')
    return (
      <Suspense fallback={<Bar />}>
        <TimeSeries {...properties} />
      </Suspense>
    );
  const Drawn = kinds[panel.type];
  if (Drawn === undefined) return <Unsupported {...properties} />;
  const hasRows = data.frames.some(({ fields }) => fields.some(({ values }) => values.length > 0));
  return hasRows ? <Drawn {...properties} /> : <NoData panel={panel} />;
}

const kinds: Readonly<Record<string, (properties: BodyProperties) => ReactElement>> = {
  stat: Stat,
  gauge: Gauge,
  bargauge: BarGauge,
  table: TablePanel,
};
