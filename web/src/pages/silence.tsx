import type { ReactElement } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useExpireSilence, useSilence } from '../api/alerting.ts';
import type { SilenceJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Loading } from '../components/states.tsx';
import { SuppressionFacts } from '../components/suppression-facts.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { SilenceForm } from './silence-form.tsx';

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
        <Link to="/suppressions" className="small">
          ← Silences and exceptions
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
  return (
    <SuppressionFacts
      one={{ ...silence, scope: silence.matchers }}
      holdsBack={counted(silence.matches, 'alert that fires', 'alerts that fire')}
      isEnding={expire.isPending}
      error={expire.error}
      onEnd={() =>
        expire.mutate(silence.id, {
          onSuccess: () => void navigate('/suppressions?kind=silence&state=expired'),
        })
      }
    />
  );
}
