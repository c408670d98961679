import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useExpireSilence, useSilence } from '../api/alerting.ts';
import type { SilenceJson, WindowJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Failure, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { largestUnit } from '../format/time.ts';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { SilenceForm } from './silence-form.tsx';
import { SilenceState } from './silences.tsx';

/** One silence: what it is, editing it, ending it; or a new one. */
export function Silence(): ReactElement {
  const { id = '' } = useParams();
  const url = useUrlState();
  const query = useSilence(id);
  const isNew = id === 'new';
  useTitle(isNew ? 'New silence' : 'Silence');
  return (
    <div className="page">
      <header>
        <h1>{isNew ? 'New silence' : 'Silence'}</h1>
        <Link to="/silences" className="small">
          ← Silences
        </Link>
      </header>
      <AlertingTabs />
      {isNew ? (
        <SilenceForm matchers={url.get('matchers')} />
      ) : (
        <Loaded query={query} what="load this silence" loading={<Loading lines={8} />}>
          {(silence) => (
            <>
              <Facts silence={silence} />
              {silence.origin === 'file' ? (
                <p className="dim">It is declared in a file, and can be changed there alone.</p>
              ) : (
                <SilenceForm key={silence.id + silence.updatedAtMs} silence={silence} />
              )}
            </>
          )}
        </Loaded>
      )}
    </div>
  );
}

function Facts({ silence }: { readonly silence: SilenceJson }): ReactElement {
  const expire = useExpireSilence();
  const navigate = useNavigate();
  const canEnd = silence.state !== 'expired' && silence.origin === 'person';
  return (
    <section className="panel stack tight">
      <div className="row wraps spread">
        <span className="row wraps">
          <SilenceState silence={silence} />
          <span className="dim">
            since <Ago atMs={silence.startsAtMs} />, ends{' '}
            {silence.isEndless ? <span className="bad-text">never</span> : <Ago atMs={silence.endsAtMs} />}
          </span>
        </span>
        {canEnd && (
          <Button
            size="xs"
            variant="default"
            loading={expire.isPending}
            onClick={() =>
              expire.mutate(silence.id, { onSuccess: () => void navigate('/silences?state=expired') })
            }
          >
            End it now
          </Button>
        )}
      </div>
      {expire.error !== null && <Failure what="end this silence" error={expire.error} />}
      <div className="matcher-chips">
        {silence.matchers.map((matcher) => (
          <span key={matcher} className="matcher-chip">
            {matcher}
          </span>
        ))}
      </div>
      <p className="wrap">{silence.reason}</p>
      <dl className="defs small">
        <dt>Owner</dt>
        <dd>{silence.owner || 'nobody was named'}</dd>
        <dt>Made by</dt>
        <dd>{silence.createdBy || 'somebody'}</dd>
        <dt>Hides now</dt>
        <dd>
          {silence.state === 'active'
            ? counted(silence.matches, 'alert that fires', 'alerts that fire')
            : 'nothing'}
        </dd>
        {silence.windows.length > 0 && (
          <>
            <dt>Only within</dt>
            <dd>{silence.windows.map(windowText).join('; ')}</dd>
          </>
        )}
        <dt>Notice</dt>
        <dd>
          {silence.noticeMs === 0 ? 'none before it ends' : `${largestUnit(silence.noticeMs)} before it ends`}
        </dd>
        <dt>Id</dt>
        <dd className="mono">{silence.id}</dd>
      </dl>
    </section>
  );
}

export function windowText(window: WindowJson): string {
  const { times = [], weekdays = [], days_of_month: days = [], months = [], years = [], location } = window;
  const parts = [
    times.map(({ start_time, end_time }) => `${start_time}–${end_time}`).join(', '),
    weekdays.join(', '),
    days.length === 0 ? '' : `day ${days.join(', ')} of the month`,
    months.length === 0 ? '' : `month ${months.join(', ')}`,
    years.join(', '),
  ].filter((part) => part !== '');
  return `${parts.length === 0 ? 'always' : parts.join(', ')} (${location ?? 'UTC'})`;
}
