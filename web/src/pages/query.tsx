import { Button, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type ReactElement, useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { CopyButton } from '../components/copy-button.tsx';
import { Segments } from '../components/segments.tsx';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { Kept } from './query/kept.tsx';
import { Metrics } from './query/metrics.tsx';
import { Panel } from './query/panel.tsx';
import { emptyPanel, type PanelState, parseSpan, readPanels, writePanels } from './query/panel-state.ts';
import './query.css';

const views = [
  { value: '', label: 'Query' },
  { value: 'metrics', label: 'Metrics' },
  { value: 'kept', label: 'Saved' },
];
const refreshes = ['', '5s', '15s', '1m', '5m'];

/** Expressions and their answers; the address holds all of it. */
export function Query(): ReactElement {
  useTitle('Query');
  const url = useUrlState();
  const view = url.get('view');
  return (
    <div className={view === 'metrics' ? 'page fill' : 'page'}>
      <header>
        <div className="row wraps">
          <h1>Query</h1>
          <Segments
            label="Show"
            choices={views}
            value={view}
            onChange={(value) => url.set({ view: value })}
          />
        </div>
        {view === '' && <Tools />}
      </header>
      {view === 'metrics' ? <Metrics url={url} /> : view === 'kept' ? <Kept /> : <Panels />}
    </div>
  );
}

function Tools(): ReactElement {
  const url = useUrlState();
  const refresh = url.get('refresh');
  return (
    <div className="row wraps">
      <NativeSelect
        size="xs"
        aria-label="Ask again"
        value={refresh}
        onChange={(event) => url.set({ refresh: event.currentTarget.value }, true)}
        data={refreshes.map((text) => ({ value: text, label: text === '' ? 'No refresh' : `Every ${text}` }))}
      />
      <CopyButton label="Copy link" text={window.location.href} />
    </div>
  );
}

function Panels(): ReactElement {
  const [params, setParams] = useSearchParams();
  const panels = useMemo(() => readPanels(params), [params]);
  const refreshMs = parseSpan(params.get('refresh') ?? '') ?? false;
  const change = useCallback(
    (to: (panels: readonly PanelState[]) => readonly PanelState[]) =>
      setParams((before) => writePanels(to(readPanels(before)), before)),
    [setParams],
  );
  return (
    <>
      {panels.map((state, index) => (
        <Panel
          // biome-ignore lint/suspicious/noArrayIndexKey: a panel is its place in the address
          key={index}
          index={index}
          state={state}
          refreshMs={refreshMs}
          onChange={(more) =>
            change((all) => all.map((each, i) => (i === index ? { ...each, ...more } : each)))
          }
          onRemove={panels.length > 1 ? () => change((all) => all.filter((_, i) => i !== index)) : undefined}
        />
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => change((all) => [...all, emptyPanel])}
        >
          Add a query
        </Button>
      </div>
    </>
  );
}
