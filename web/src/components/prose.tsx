import type { ReactElement } from 'react';

/** A sentence in which what stands between backticks is code. */
export function Prose({ text }: { readonly text: string }): ReactElement {
  const parts = text.split('`');
  return (
    <p>
      {parts.map((part, index) => {
        const key = `${index} ${part}`;
        return index % 2 === 1 ? <code key={key}>{part}</code> : <span key={key}>{part}</span>;
      })}
    </p>
  );
}
