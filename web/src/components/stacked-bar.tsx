import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { count } from '../format/words.ts';
import './stacked-bar.css';

export interface Share {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  /** One of the `fill-…` classes. */
  readonly fill: string;
  /** The list behind the number. */
  readonly to?: string;
}

/** Shares of a whole with their counts below. */
export function StackedBar({
  shares,
  label,
}: {
  readonly shares: readonly Share[];
  readonly label: string;
}): ReactElement {
  const text = shares.map((share) => `${share.label} ${count(share.value)}`).join(', ');
  return (
    <div className="stack tight">
      <div className="stacked" role="img" aria-label={`${label}: ${text}`}>
        {shares.map(
          ({ key, value, fill }) =>
            value > 0 && <span key={key} className={fill} style={{ flexGrow: value, flexBasis: 0 }} />,
        )}
      </div>
      <ul className="legend small">
        {shares.map(({ key, label: name, value, fill, to }) => (
          <li key={key} className="row">
            <i className={fill} />
            <span className="dim">{name}</span>
            <strong>{to === undefined ? count(value) : <Link to={to}>{count(value)}</Link>}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}
