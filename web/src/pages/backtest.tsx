import { Button, NativeSelect, Textarea } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import { useBacktest, useBacktests, useCancelBacktest, useStartBacktest } from '../api/rule-checks.ts';
import type { BacktestJson, BacktestsJson } from '../api/types.ts';
import { BacktestReport } from '../components/backtest-report.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty, Failure, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { absolute } from '../format/time.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import './backtest.css';

const spans = ['6h', '24h', '7d', '14d'] as const;

/** What rules and routing would have done over the history that is stored. */
export function Backtest(): ReactElement {
  useTitle('Back-test');
  const url = useUrlState();
  const list = useBacktests();
  const id = url.get('id') || (list.data?.items[0]?.id ?? '');
  return (
    <div className="page">
      <header>
        <h1>Back-test</h1>
        <span className="dim small">
          what rules would have done over stored history, and who would have been told; nothing is sent
        </span>
      </header>
      <MonitoringTabs />
      <Loaded query={list} what="load the back-tests" loading={<Loading lines={4} />}>
        {(known) => (
          <>
            <Form known={known} onStarted={(started) => url.set({ id: started })} />
            {known.items.length > 1 && (
              <Earlier items={known.items} chosen={id} onChoose={(one) => url.set({ id: one })} />
            )}
            {id === '' ? (
              <Empty title="Nothing has been tried yet">
                <p>
                  Choose rules and how far back, and run them: you will see when each alert would have been
                  pending, fired and resolved, and every notification that the routing of today would have
                  sent. Or from a terminal: <code>skopos backtest rules.yml --since 7d</code>
                </p>
              </Empty>
            ) : (
              <Chosen id={id} />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function Form({
  known,
  onStarted,
}: {
  readonly known: BacktestsJson;
  readonly onStarted: (id: string) => void;
}): ReactElement {
  const [from, setFrom] = useState('running');
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  const [since, setSince] = useState<string>('24h');
  const start = useStartBacktest(onStarted);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const [group = '', rule = ''] = chosen.split('\n');
    start.mutate({
      since,
      ...(from === 'typed' ? { rules: text } : {}),
      ...(from === 'running' && group !== '' ? { group } : {}),
      ...(from === 'running' && rule !== '' ? { rule } : {}),
    });
  };
  return (
    <form className="panel stack" onSubmit={submit}>
      <div className="row wraps">
        <Segments
          label="Which rules"
          value={from}
          onChange={setFrom}
          choices={[
            { value: 'running', label: 'Rules that run' },
            { value: 'typed', label: 'Rules as typed' },
          ]}
        />
        <Segments
          label="How far back"
          value={since}
          onChange={setSince}
          choices={spans.map((value) => ({ value, label: value }))}
        />
        {from === 'running' && (
          <NativeSelect
            size="xs"
            aria-label="Rule"
            value={chosen}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            <option value="">All alerts</option>
            {known.groups.map(({ name, rules }) => (
              <optgroup key={name} label={name}>
                <option value={name}>All of {name}</option>
                {[...new Set(rules)].map((rule) => (
                  <option key={rule} value={`${name}\n${rule}`}>
                    {rule}
                  </option>
                ))}
              </optgroup>
            ))}
          </NativeSelect>
        )}
        <Button
          type="submit"
          size="xs"
          loading={start.isPending}
          disabled={from === 'typed' && text.trim() === ''}
        >
          Run
        </Button>
      </div>
      {from === 'typed' && (
        <Textarea
          label="Rules"
          description="A Prometheus rule file; it is tried, not loaded"
          autosize
          minRows={6}
          maxRows={24}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder={
            'groups:\n  - name: try\n    rules:\n      - alert: Down\n        expr: up == 0\n        for: 5m'
          }
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
      )}
      {start.error !== null && <Failure what="run it" error={start.error} />}
    </form>
  );
}

function Earlier({
  items,
  chosen,
  onChoose,
}: {
  readonly items: BacktestsJson['items'];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}): ReactElement {
  return (
    <NativeSelect
      size="xs"
      aria-label="Which back-test"
      value={chosen}
      onChange={(event) => onChoose(event.currentTarget.value)}
      data={items.map(({ id, what, since, startedAtMs, state }) => ({
        value: id,
        label: `${what}, ${since}, at ${absolute(startedAtMs)}${state === 'done' ? '' : ` (${state})`}`,
      }))}
    />
  );
}

function Chosen({ id }: { readonly id: string }): ReactElement {
  const query = useBacktest(id);
  return (
    <Loaded
      query={query}
      what="load the back-test"
      loading={<Loading lines={8} label="Loading the back-test" />}
    >
      {(test) => <Test test={test} />}
    </Loaded>
  );
}

function Test({ test }: { readonly test: BacktestJson }): ReactElement {
  const cancel = useCancelBacktest();
  const { state, what, progress, problem, result, startedAtMs, id } = test;
  if (result !== undefined) return <BacktestReport result={result} what={what} />;
  if (state === 'failed') return <Failure what={`run ${what} over the history`} error={new Error(problem)} />;
  if (state === 'cancelled') return <Empty title="It was cancelled" />;
  const percent = Math.floor(progress.done * 100);
  return (
    <section className="panel stack" aria-label="Progress">
      <div className="row spread wraps">
        <span role="status">
          Trying {what}: {percent} %, at {absolute(progress.atMs)}
        </span>
        <span className="row">
          <span className="small dim">
            began <Ago atMs={startedAtMs} />
          </span>
          <Button size="compact-xs" variant="default" onClick={() => cancel.mutate(id)}>
            Cancel
          </Button>
        </span>
      </div>
      <progress className="backtest-progress" max={1} value={progress.done} aria-label="How far it is" />
    </section>
  );
}
