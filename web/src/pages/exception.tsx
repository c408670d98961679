import type { ReactElement } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useException, useExpireException } from '../api/suppressions.ts';
import type { ExceptionJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Loading } from '../components/states.tsx';
import { SuppressionFacts } from '../components/suppression-facts.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { ExceptionForm } from './exception-form.tsx';

/** One exception of posture: what it is, editing it, ending it; or a new one. */
export function Exception(): ReactElement {
  const { id = '' } = useParams();
  const query = useException(id);
  const isNew = id === 'new';
  useTitle(isNew ? 'New exception' : 'Exception');
  return (
    <div className="page">
      <header>
        <h1>{isNew ? 'New exception' : 'Exception'}</h1>
        <Link to="/suppressions" className="small">
          ← Silences and exceptions
        </Link>
      </header>
      <AlertingTabs />
      {isNew ? (
        <ExceptionForm />
      ) : (
        <Loaded query={query} what="load this exception" loading={<Loading lines={8} />}>
          {(exception) => (
            <>
              <Facts exception={exception} />
              {exception.origin === 'person' ? (
                <ExceptionForm key={exception.id + exception.updatedAtMs} exception={exception} />
              ) : (
                <p className="dim">
                  {exception.origin === 'file'
                    ? 'It is declared in a file, and can be changed there alone.'
                    : 'It is an object of the cluster, and can be changed there alone.'}
                </p>
              )}
            </>
          )}
        </Loaded>
      )}
    </div>
  );
}

function Facts({ exception }: { readonly exception: ExceptionJson }): ReactElement {
  const expire = useExpireException();
  const navigate = useNavigate();
  return (
    <SuppressionFacts
      one={exception}
      holdsBack={counted(exception.holdsBack, 'failing verdict')}
      isEnding={expire.isPending}
      error={expire.error}
      onEnd={() =>
        expire.mutate(exception.id, {
          onSuccess: () => void navigate('/suppressions?kind=exception&state=expired'),
        })
      }
    />
  );
}
