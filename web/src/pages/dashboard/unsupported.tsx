import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { BodyProperties } from './body.tsx';
import { queryPage } from './query-page.ts';

/** A kind of panel that is not drawn here: what it asks, and where that can be looked at. */
export function Unsupported({ panel, data: { question } }: BodyProperties): ReactElement {
  return (
    <div className="stack tight">
      <p className="dim">
        Panels of the kind <code>{panel.type || 'none'}</code> are not drawn here.
      </p>
      {question.targets.map(({ refId, filled }) => (
        <code key={refId} className="wrap small">
          {filled}
        </code>
      ))}
      {question.targets.length > 0 && <Link to={queryPage(question)}>Open as a query</Link>}
    </div>
  );
}
