import type { ReactElement } from 'react';
import { showCell } from '../../../../src/dashboards/field-style.ts';
import { reduce, reducers } from '../../../../src/dashboards/reduce.ts';
import { useBoard } from './board-context.ts';
import type { DrawnLines } from './series-lines.ts';

/** What the lines are, and what they come to; a click on a name shows it alone, with Ctrl it is hidden or shown. */
export function Legend({
  drawn: { lines, legend },
  hidden,
  onHidden,
}: {
  readonly drawn: DrawnLines;
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (hidden: ReadonlySet<string>) => void;
}): ReactElement {
  const { show } = useBoard();
  function choose(name: string, one: boolean): void {
    if (one) {
      const next = new Set(hidden);
      if (!next.delete(name)) next.add(name);
      onHidden(next);
      return;
    }
    const isAlone = !hidden.has(name) && lines.every((each) => each.name === name || hidden.has(each.name));
    onHidden(new Set(isAlone ? [] : lines.map((each) => each.name).filter((each) => each !== name)));
  }
  const button = (name: string, colour: string): ReactElement => (
    <button
      type="button"
      aria-pressed={!hidden.has(name)}
      title="Click: only this one, or all again. Ctrl-click: hide or show it."
      onClick={(event) => choose(name, event.ctrlKey || event.metaKey || event.shiftKey)}
    >
      <span className="series-swatch" style={{ background: colour }} aria-hidden />
      <span className="clip">{name === '' ? '(none)' : name}</span>
    </button>
  );
  if (!legend.isTable)
    return (
      <ul className="dash-legend plain-list" aria-label="Series">
        {lines.map(({ name, colour }) => (
          <li key={name}>{button(name, colour)}</li>
        ))}
      </ul>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className="dash-legend" tabIndex={0} aria-label="Series">
      <table>
        <thead>
          <tr>
            <th>Name</th>
            {legend.calcs.map((calc) => (
              <th key={calc}>{reducers[calc].title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, colour, values, style }) => (
            <tr key={name}>
              <td>{button(name, colour)}</td>
              {legend.calcs.map((calc) => {
                const shown = showCell(reduce(values, calc) ?? null, style, show);
                return (
                  <td key={calc}>
                    {shown.prefix}
                    {shown.text}
                    {shown.suffix}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
