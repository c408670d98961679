import type { ReactElement } from 'react';
import type { Panel } from '../../../../src/dashboards/dashboard.ts';
import type { PanelData } from './use-panel-data.ts';

/** What every kind of panel is drawn from. */
export interface BodyProperties {
  readonly panel: Panel;
  readonly data: PanelData;
  readonly isAlone: boolean;
}

/** Nothing is there: in the dashboard's own words, where it has some. */
export function NoData({ panel }: Pick<BodyProperties, 'panel'>): ReactElement {
  const { noValue } = panel.fields.defaults;
  return (
    <p className="dash-nothing dim">{typeof noValue === 'string' && noValue !== '' ? noValue : 'No data'}</p>
  );
}
