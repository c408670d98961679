import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import type { SuppressionJson } from '../api/types.ts';
import { largestUnit } from '../format/time.ts';
import { windowText } from '../format/windows.ts';
import { Failure } from './states.tsx';
import { SuppressionState } from './suppression-state.tsx';
import { Ago } from './time.tsx';

/** What a silence or an exception is, and its end at the press of a button. */
export function SuppressionFacts({
  one,
  holdsBack,
  onEnd,
  isEnding,
  error,
}: {
  readonly one: Omit<SuppressionJson, 'kind' | 'holdsBack'>;
  /** What it holds back now, in words. */
  readonly holdsBack: string;
  readonly onEnd: () => void;
  readonly isEnding: boolean;
  readonly error: Error | null;
}): ReactElement {
  return (
    <section className="panel stack tight">
      <div className="row wraps spread">
        <span className="row wraps">
          <SuppressionState one={one} />
          <span className="dim">
            {one.startsAtMs > 1 && (
              <>
                since <Ago atMs={one.startsAtMs} />,{' '}
              </>
            )}
            ends {one.isEndless ? <span className="bad-text">never</span> : <Ago atMs={one.endsAtMs} />}
          </span>
        </span>
        {one.state !== 'expired' && one.origin === 'person' && (
          <Button size="xs" variant="default" loading={isEnding} onClick={onEnd}>
            End it now
          </Button>
        )}
      </div>
      {error !== null && <Failure what="end it" error={error} />}
      <div className="matcher-chips">
        {one.scope.map((text) => (
          <span key={text} className="matcher-chip">
            {text}
          </span>
        ))}
      </div>
      <p className="wrap">{one.reason}</p>
      <dl className="defs small">
        <dt>Owner</dt>
        <dd>{one.owner || 'nobody was named'}</dd>
        <dt>Made by</dt>
        <dd>{one.createdBy || 'somebody'}</dd>
        <dt>Holds back now</dt>
        <dd>{one.state === 'active' ? holdsBack : 'nothing'}</dd>
        {one.windows.length > 0 && (
          <>
            <dt>Only within</dt>
            <dd>{one.windows.map(windowText).join('; ')}</dd>
          </>
        )}
        <dt>Notice</dt>
        <dd>{one.noticeMs === 0 ? 'none before it ends' : `${largestUnit(one.noticeMs)} before it ends`}</dd>
        {one.source !== '' && (
          <>
            <dt>Written in</dt>
            <dd className="mono wrap">{one.source}</dd>
          </>
        )}
        <dt>Id</dt>
        <dd className="mono">{one.id}</dd>
      </dl>
    </section>
  );
}
