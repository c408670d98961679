// biome-ignore-all lint/suspicious/noArrayIndexKey: rows and cells have nothing else that tells them apart
import { Button, Modal } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import type { Panel } from '../../../../src/dashboards/dashboard.ts';
import { lengthOf, nameOf } from '../../../../src/dashboards/frames.ts';
import { promSpan } from '../../../../src/dashboards/interval.ts';
import { Segments } from '../../components/segments.tsx';
import { download, toCsv } from '../../format/csv.ts';
import { absolute, duration } from '../../format/time.ts';
import { counted } from '../../format/words.ts';
import { queryPage } from './query-page.ts';
import type { PanelData, PanelQuestion } from './use-panel-data.ts';

const rowsShown = 200;

/** What a panel asked, what it was answered, and how it is written. */
export function Inspect({
  panel,
  question,
  data,
  onClose,
}: {
  readonly panel: Panel;
  readonly question: PanelQuestion;
  readonly data: PanelData | undefined;
  readonly onClose: () => void;
}): ReactElement {
  const [view, setView] = useState('query');
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={panel.title || 'Panel'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="stack">
        <Segments
          label="What to inspect"
          value={view}
          onChange={setView}
          choices={[
            { value: 'query', label: 'Query' },
            { value: 'data', label: 'Data' },
            { value: 'panel', label: 'Panel' },
          ]}
        />
        {view === 'query' && <QueryView question={question} data={data} />}
        {view === 'data' && data !== undefined && <RowsView title={panel.title} data={data} />}
        {view === 'panel' && <pre className="dash-json">{JSON.stringify(panel, null, 2)}</pre>}
      </div>
    </Modal>
  );
}

function QueryView({
  question,
  data,
}: {
  readonly question: PanelQuestion;
  readonly data: PanelData | undefined;
}): ReactElement {
  const { targets, startMs, endMs, stepMs } = question;
  return (
    <div className="stack">
      {targets.map(({ refId, expr, filled, instant }) => (
        <dl key={refId} className="defs">
          <dt>{refId}</dt>
          <dd>
            <code>{filled}</code>
          </dd>
          {filled !== expr && (
            <>
              <dt>as written</dt>
              <dd>
                <code className="dim">{expr}</code>
              </dd>
            </>
          )}
          <dt>when</dt>
          <dd>
            {instant
              ? `at ${absolute(endMs)}`
              : `${absolute(startMs)} to ${absolute(endMs)}, every ${promSpan(stepMs)}`}
          </dd>
        </dl>
      ))}
      <p className="dim">
        {data === undefined
          ? 'Not answered yet.'
          : `${counted(data.series.length, 'series', 'series')} in ${duration(data.tookMs)}.`}{' '}
        <Link to={queryPage(question)}>Open as a query</Link>
      </p>
    </div>
  );
}

function RowsView({ title, data }: { readonly title: string; readonly data: PanelData }): ReactElement {
  const rows = data.frames.flatMap((frame, at) =>
    Array.from({ length: lengthOf(frame) }, (_, row) => [
      String(at + 1),
      ...frame.fields.map((field) => {
        const value = field.values[row] ?? '';
        return field.type === 'time' && typeof value === 'number'
          ? new Date(value).toISOString()
          : String(value);
      }),
    ]),
  );
  const widest = data.frames.toSorted((a, b) => b.fields.length - a.fields.length)[0];
  const head = ['frame', ...(widest?.fields ?? []).map(nameOf)];
  return (
    <div className="stack">
      <div className="row spread">
        <span className="dim">{counted(rows.length, 'row')}</span>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => download(`${title || 'panel'}.csv`, toCsv(head, rows), 'text/csv')}
        >
          CSV
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="dash-table-scroll dash-json" tabIndex={0} aria-label="Rows">
        <table className="dash-table">
          <thead>
            <tr>
              {head.map((name, at) => (
                <th key={`${at} ${name}`}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, rowsShown).map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={`${column} ${cell}`}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
