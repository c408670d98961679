import { Fragment, type ReactElement, type ReactNode } from 'react';
import './message.css';

/**
 * Text as a chat shows it: `*bold*`, `_italic_`, `~struck~`, `` `code` ``, fences, `> quotes` and `<url|text>` links.
 * Source: https://docs.slack.dev/messaging/formatting-message-text. Everything becomes elements, never HTML.
 */
export function MessageText({ text }: { readonly text: string }): ReactElement {
  const parts = text.split(/```\n?([\s\S]*?)```/);
  return (
    <div className="body">
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name than their place
        <Fragment key={index}>
          {index % 2 === 1 ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            <pre tabIndex={0}>
              <code>{unescaped(part)}</code>
            </pre>
          ) : (
            <Blocks text={part} />
          )}
        </Fragment>
      ))}
    </div>
  );
}

/** Lines that begin with `>` are quoted together; the rest keeps its line breaks. */
function Blocks({ text }: { readonly text: string }): ReactNode {
  const blocks: { quote: boolean; lines: string[] }[] = [];
  for (const line of text.replace(/^\n+|\n+$/g, '').split('\n')) {
    const quote = /^(?:&gt;|>)\s?/.test(line);
    const last = blocks.at(-1);
    const content = quote ? line.replace(/^(?:&gt;|>)\s?/, '') : line;
    if (last?.quote === quote) last.lines.push(content);
    else blocks.push({ quote, lines: [content] });
  }
  return blocks.map(({ quote, lines }, index) => {
    const content = inline(lines.join('\n'));
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no other name than their place
    return quote ? <blockquote key={index}>{content}</blockquote> : <p key={index}>{content}</p>;
  });
}

const marks =
  /<(https?:\/\/[^|>\s]+)(?:\|([^>]*))?>|`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|(?<![\w~])~([^~\n]+)~(?![\w~])|(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/g;

function inline(text: string): ReactNode[] {
  const nodes: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    nodes.push(unescaped(text.slice(from, match.index)), element(match));
    from = match.index + match[0].length;
  }
  nodes.push(unescaped(text.slice(from)));
  return nodes;
}

function element(match: RegExpExecArray): ReactNode {
  const [, url, label, code, bold, italic, struck, bare] = match;
  const key = match.index;
  if (url !== undefined) return <Outward key={key} url={url} label={label ?? url} />;
  if (code !== undefined) return <code key={key}>{unescaped(code)}</code>;
  if (bold !== undefined) return <strong key={key}>{inline(bold)}</strong>;
  if (italic !== undefined) return <em key={key}>{inline(italic)}</em>;
  if (struck !== undefined) return <s key={key}>{inline(struck)}</s>;
  return <Outward key={key} url={bare ?? ''} label={bare ?? ''} />;
}

function Outward({ url, label }: { readonly url: string; readonly label: string }): ReactElement {
  return (
    <a href={unescaped(url)} target="_blank" rel="noreferrer noopener">
      {unescaped(label)}
    </a>
  );
}

/** Senders escape these three characters and no others. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
