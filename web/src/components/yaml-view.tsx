// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
// biome-ignore-all lint/a11y/useSemanticElements: <pre> keeps the lines, the role gives it a name
import { type ReactElement, useEffect, useRef } from 'react';
import './yaml-view.css';

/** YAML with line numbers, some lines marked, and what is wrong said beside the first of them. */
export function YamlView({
  yaml,
  marked,
  beside,
  label = 'The object as YAML',
}: {
  readonly yaml: string;
  readonly marked: readonly number[];
  readonly beside: string;
  readonly label?: string;
}): ReactElement {
  const box = useRef<HTMLPreElement>(null);
  const lines = yaml.replace(/\n$/, '').split('\n');
  const marks = new Set(marked);
  const first = marked[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text or mark is scrolled to anew
  useEffect(() => {
    const line = box.current?.querySelector<HTMLElement>('.marked');
    if (box.current === null || line === null || line === undefined) return;
    box.current.scrollTop = line.offsetTop - box.current.clientHeight / 2;
  }, [yaml, first]);
  return (
    <pre className="yaml" ref={box} tabIndex={0} role="region" aria-label={label}>
      <code>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name than its number
          <span key={index} className={marks.has(index + 1) ? 'line marked' : 'line'}>
            <Line text={line} />
            {index + 1 === first && <span className="beside">◂ {beside}</span>}
          </span>
        ))}
      </code>
    </pre>
  );
}

/** Colours the key and the comment of one line; nothing is parsed, so that broken YAML shows as it is. */
function Line({ text }: { readonly text: string }): ReactElement {
  if (/^\s*#/.test(text)) return <span className="comment">{text}</span>;
  const match = /^(\s*(?:- )*)([\w./$"'-]+:)(?=\s|$)(.*)$/.exec(text);
  if (match === null) return <span>{text === '' ? ' ' : text}</span>;
  const [, indent, key, rest] = match;
  return (
    <span>
      {indent}
      <span className="key">{key}</span>
      {rest}
    </span>
  );
}

/** A unified diff, added and removed lines told apart by sign and colour. */
export function DiffView({ patch, label }: { readonly patch: string; readonly label: string }): ReactElement {
  return (
    <pre className="yaml diff" tabIndex={0} role="region" aria-label={label}>
      <code>
        {patch
          .replace(/\n$/, '')
          .split('\n')
          .map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name than its number
            <span key={index} className={`line ${kindOf(line)}`}>
              {line === '' ? ' ' : line}
            </span>
          ))}
      </code>
    </pre>
  );
}

function kindOf(line: string): string {
  if (/^(\+\+\+|---|@@)/.test(line)) return 'at';
  if (line.startsWith('+')) return 'add';
  return line.startsWith('-') ? 'del' : '';
}
