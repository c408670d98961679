import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import type { Dashboard, Panel } from '../../../../src/dashboards/dashboard.ts';
import { interpolate } from '../../../../src/dashboards/interpolate.ts';
import { layout, type PlacedPanel, type PlacedRow } from '../../../../src/dashboards/layout.ts';
import { narrowed, scopeOf, type VariableState } from '../../../../src/dashboards/scope.ts';
import { parseRange, parseSpan, type TimeRange } from '../../../../src/dashboards/time-range.ts';
import { Empty, Failure, Loading } from '../../components/states.tsx';
import { type BoardAddress, useBoardAddress } from './address.ts';
import { type BoardContext, BoardContextProvider } from './board-context.ts';
import { BoardLinks } from './board-links.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { TimePicker } from './time-picker.tsx';
import { useMarks } from './use-marks.ts';
import { useVariables } from './use-variables.ts';
import { VariableBar } from './variable-bar.tsx';

/** The least time between two refreshes by themselves. */
const leastRefreshMs = 5000;

/** A dashboard: its range and variables, and its panels in their places. */
export function Board({ dashboard }: { readonly dashboard: Dashboard }): ReactElement {
  const address = useBoardAddress(dashboard);
  const [nowMs, setNowMs] = useState(Date.now);
  const zone = dashboard.timezone;
  const range = useMemo(
    () => parseRange(address.from, address.to, nowMs, zone),
    [address.from, address.to, nowMs, zone],
  );
  const usable = range ?? { fromMs: nowMs - 3_600_000, toMs: nowMs };
  useRefresh(address.refresh, setNowMs);
  const variables = useVariables(dashboard, address, usable);
  const asking = useIsFetching({ queryKey: ['panel'] });
  const client = useQueryClient();

  return (
    <div className="page dash-page">
      <header>
        <h1>{dashboard.title}</h1>
        <TimePicker
          address={address}
          range={usable}
          zone={zone}
          asking={asking}
          onRefresh={() => {
            setNowMs(Date.now());
            void client.invalidateQueries({ queryKey: ['panel'] });
          }}
        />
      </header>
      {dashboard.description !== '' && <p className="dim">{dashboard.description}</p>}
      <div className="dash-bar">
        <VariableBar variables={variables} address={address} />
        <BoardLinks dashboard={dashboard} address={address} states={variables.states ?? []} />
      </div>
      {range === undefined && (
        <Failure
          what="read the time range"
          error={new Error(`"${address.from}" to "${address.to}" is no range, such as now-6h to now.`)}
        />
      )}
      {variables.states === undefined ? (
        <Loading lines={10} label="Asking for the variables" />
      ) : (
        <Panels
          dashboard={dashboard}
          address={address}
          range={usable}
          nowMs={nowMs}
          states={variables.states}
        />
      )}
    </div>
  );
}

/** Sets the clock of the board every so often, but not while nobody looks at it. */
function useRefresh(refresh: string, setNowMs: (nowMs: number) => void): void {
  const everyMs = parseSpan(refresh);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(
      () => {
        if (document.visibilityState === 'visible') setNowMs(Date.now());
      },
      Math.max(leastRefreshMs, everyMs),
    );
    return () => clearInterval(timer);
  }, [everyMs, setNowMs]);
}

function Panels({
  dashboard,
  address,
  range,
  nowMs,
  states,
}: {
  readonly dashboard: Dashboard;
  readonly address: BoardAddress;
  readonly range: TimeRange;
  readonly nowMs: number;
  readonly states: readonly VariableState[];
}): ReactElement {
  const [turned, setTurned] = useState<ReadonlyMap<number, boolean>>(new Map());
  const marks = useMarks(dashboard.annotations, states, range);
  const setAddress = useRef(address.set);
  setAddress.current = address.set;
  const context = useMemo<BoardContext>(
    () => ({
      uid: dashboard.uid,
      range,
      states,
      marks,
      sharedCursor: dashboard.sharedCursor,
      show: { nowMs, zone: dashboard.timezone },
      timeQuery: address.timeQuery,
      onZoom: (fromMs, toMs) =>
        setAddress.current({ from: String(Math.round(fromMs)), to: String(Math.round(toMs)) }),
      onView: (key) => setAddress.current({ viewPanel: key === '' ? undefined : key }),
    }),
    [dashboard, range, states, marks, nowMs, address.timeQuery],
  );
  const rows = useMemo(
    () => layout(dashboard.panels, states, (row) => turned.get(row.id) ?? row.folded),
    [dashboard, states, turned],
  );
  const alone = address.viewPanel === '' ? undefined : findPanel(rows, address.viewPanel);
  if (dashboard.panels.length === 0)
    return (
      <Empty title="This dashboard has no panels">
        <p>Add some in Grafana, and export it again.</p>
      </Empty>
    );
  const turn = (row: Panel): void =>
    setTurned((before) => new Map(before).set(row.id, !(before.get(row.id) ?? row.folded)));
  return (
    <BoardContextProvider value={context}>
      {alone === undefined ? (
        rows.map((row) => <Row key={row.key} row={row} states={states} range={range} onTurn={turn} />)
      ) : (
        <div className="dash-alone">
          <PanelFrame placed={alone} isAlone />
        </div>
      )}
    </BoardContextProvider>
  );
}

function Row({
  row: { row, panels, isFolded, values },
  states,
  range,
  onTurn,
}: {
  readonly row: PlacedRow;
  readonly states: readonly VariableState[];
  readonly range: TimeRange;
  readonly onTurn: (row: Panel) => void;
}): ReactElement {
  return (
    <section className="dash-row">
      {row !== undefined && (
        <h2>
          <button type="button" className="dash-fold" aria-expanded={!isFolded} onClick={() => onTurn(row)}>
            {interpolate(row.title, narrowed(scopeOf(states, range), values), 'text') || 'Row'}
            <span className="dim small"> {isFolded ? `${panels.length} panels` : ''}</span>
          </button>
        </h2>
      )}
      {!isFolded && (
        <div className="dash-grid">
          {panels.map((placed) => (
            <div key={placed.key} className="dash-cell" style={cellStyle(placed)}>
              <PanelFrame placed={placed} isAlone={false} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

/** On a phone the sheet lays all of them below each other. */
function cellStyle({ place: { x, y, w, h } }: PlacedPanel): Record<string, string> {
  return {
    '--dash-column': `${x + 1} / span ${w}`,
    '--dash-row': `${y + 1} / span ${h}`,
    '--dash-height': String(h),
  };
}

function findPanel(rows: readonly PlacedRow[], key: string): PlacedPanel | undefined {
  return rows.flatMap(({ panels }) => panels).find((panel) => panel.key === key);
}
