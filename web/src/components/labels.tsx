import type { ReactElement } from 'react';
import './labels.css';

type Labels = Readonly<Record<string, string>>;

/** Labels as chips, by name; those that are marked say how they differ from before. */
export function LabelChips({
  labels,
  marks = {},
}: {
  readonly labels: Labels;
  readonly marks?: Readonly<Record<string, 'added' | 'changed' | 'removed'>>;
}): ReactElement {
  const names = Object.keys(labels).sort();
  return (
    <ul className="labels">
      {names.map((name) => (
        <li key={name} data-mark={marks[name]}>
          {marks[name] !== undefined && <span className="hidden">{marks[name]}: </span>}
          <span className="dim">{name}=</span>
          {labels[name]}
        </li>
      ))}
    </ul>
  );
}
