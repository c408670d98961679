// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
// biome-ignore-all lint/a11y/useSemanticElements: <pre> keeps the lines, the role gives it a name
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { type DoctorCheckJson, type DoctorJson, type DoctorState, useDoctor } from '../api/doctor.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Prose } from '../components/prose.tsx';
import { StateMark, type Tone } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import '../components/yaml-view.css';

const marks: Readonly<Record<DoctorState, { readonly tone: Tone; readonly label: string }>> = {
  fail: { tone: 'bad', label: 'fails' },
  unknown: { tone: 'plain', label: 'unknown' },
  warn: { tone: 'warn', label: 'warns' },
  ok: { tone: 'good', label: 'well' },
};
const worst: readonly DoctorState[] = ['fail', 'unknown', 'warn', 'ok'];

/** What keeps Skopos from working as it should, and what to do about it. */
export function Doctor(): ReactElement {
  useTitle('Doctor');
  const query = useDoctor();
  return (
    <div className="page">
      <header className="row spread wraps">
        <h1>Doctor</h1>
        <Button
          size="xs"
          variant="default"
          loading={query.isFetching && query.data !== undefined}
          onClick={() => void query.refetch()}
        >
          Examine again
        </Button>
      </header>
      <MonitoringTabs />
      <Loaded
        query={query}
        what="examine it"
        loading={<Loading lines={10} label="Looking into permissions, files, room and connections" />}
      >
        {(found) => <Found found={found} />}
      </Loaded>
    </div>
  );
}

function Found({ found: { checks, atMs } }: { readonly found: DoctorJson }): ReactElement {
  if (checks.length === 0) return <Empty title="There was nothing to look into" />;
  const ordered = worst.flatMap((state) => checks.filter((check) => check.state === state));
  return (
    <>
      <p className="dim" role="status">
        {summary(checks)} Examined <Ago atMs={atMs} />.
      </p>
      {ordered.map((check) => (
        <Check key={check.id} check={check} />
      ))}
    </>
  );
}

function summary(checks: readonly DoctorCheckJson[]): string {
  const counts = worst.map(
    (state) => [state, checks.filter((check) => check.state === state).length] as const,
  );
  const bad = counts.filter(([state, count]) => state !== 'ok' && count > 0);
  if (bad.length === 0) return `All of ${counted(checks.length, 'check')} are well.`;
  const told = bad.map(([state, count]) => `${count} ${wordOf(state, count)}`).join(', ');
  return `Of ${counted(checks.length, 'check')}: ${told}.`;
}

function wordOf(state: DoctorState, count: number): string {
  if (state === 'unknown') return count === 1 ? 'is unknown' : 'are unknown';
  const verb = state === 'fail' ? 'fail' : 'warn';
  return count === 1 ? `${verb}s` : verb;
}

function Check({ check }: { readonly check: DoctorCheckJson }): ReactElement {
  const { title, state, message, advice, items = [], manifest } = check;
  const { tone, label } = marks[state];
  const told = items.filter((item) => item.state !== 'ok');
  return (
    <section className="panel stack tight" aria-label={title}>
      <div className="row spread wraps">
        <h2 className="wrap">{title}</h2>
        <StateMark tone={tone} label={label} />
      </div>
      <p className="wrap">{message}</p>
      {advice !== '' && (
        <div className="wrap">
          <strong>What to do</strong>
          <Prose text={advice} />
        </div>
      )}
      {told.length > 0 && (
        <details open={told.length <= 10}>
          <summary>{counted(told.length, 'thing')} to mend</summary>
          <ul className="small">
            {told.map((item) => (
              <li key={item.name} className="wrap">
                <code>{item.name}</code> {item.message}
              </li>
            ))}
          </ul>
        </details>
      )}
      {manifest !== undefined && <Manifest text={manifest} />}
    </section>
  );
}

function Manifest({ text }: { readonly text: string }): ReactElement {
  return (
    <details>
      <summary>What grants it, for kubectl</summary>
      <div className="stack tight">
        <pre className="yaml" tabIndex={0} role="region" aria-label="The manifest">
          <code>{text}</code>
        </pre>
        <div className="row wraps">
          <CopyButton text={`kubectl apply -f - <<'EOF'\n${text}EOF\n`} label="Copy as a command" />
          <CopyButton text={text} label="Copy the manifest" />
        </div>
      </div>
    </details>
  );
}
