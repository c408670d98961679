import { Fragment, type ReactElement } from 'react';
import { interpolate, type Scope } from '../../../../src/dashboards/interpolate.ts';
import { textOf } from '../../../../src/dashboards/json-view.ts';
import { type Block, type Inline, parseMarkdown } from '../../../../src/dashboards/markdown.ts';
import { useBoard } from './board-context.ts';
import type { BodyProperties } from './body.tsx';
import { DataLink } from './data-link.tsx';
import { destinationOf } from './links.ts';

/** Markdown as elements of the page; HTML in it stays text. */
export function TextPanel({ panel, data: { question } }: BodyProperties): ReactElement {
  const content = interpolate(textOf(panel.options['content']), question.scope, 'text');
  const blocks = parseMarkdown(content);
  return (
    <div className="dash-text">
      {blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have nothing else that tells them apart
        <BlockView key={at} block={block} scope={question.scope} />
      ))}
    </div>
  );
}

function BlockView({ block, scope }: { readonly block: Block; readonly scope: Scope }): ReactElement {
  switch (block.kind) {
    case 'heading':
      return (
        <p className="dash-heading" data-level={block.level}>
          <Words inner={block.inner} scope={scope} />
        </p>
      );
    case 'paragraph':
      return (
        <p>
          <Words inner={block.inner} scope={scope} />
        </p>
      );
    case 'quote':
      return (
        <blockquote>
          <Words inner={block.inner} scope={scope} />
        </blockquote>
      );
    case 'code':
      return <pre>{block.text}</pre>;
    case 'rule':
      return <hr />;
    case 'list': {
      const items = block.items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <li key={at}>
          <Words inner={item} scope={scope} />
        </li>
      ));
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return <TableView block={block} scope={scope} />;
  }
}

function TableView({
  block,
  scope,
}: {
  readonly block: Extract<Block, { readonly kind: 'table' }>;
  readonly scope: Scope;
}): ReactElement {
  const cells = (row: readonly (readonly Inline[])[], Cell: 'td' | 'th') =>
    row.map((cell, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <Cell key={at}>
        <Words inner={cell} scope={scope} />
      </Cell>
    ));
  return (
    <table>
      <thead>
        <tr>{cells(block.head, 'th')}</tr>
      </thead>
      <tbody>
        {block.rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <tr key={at}>{cells(row, 'td')}</tr>
        ))}
      </tbody>
    </table>
  );
}

function Words({ inner, scope }: { readonly inner: readonly Inline[]; readonly scope: Scope }): ReactElement {
  return (
    <>
      {inner.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <Fragment key={at}>
          <Word part={part} scope={scope} />
        </Fragment>
      ))}
    </>
  );
}

function Word({ part, scope }: { readonly part: Inline; readonly scope: Scope }): ReactElement {
  const { timeQuery, states } = useBoard();
  if ('text' in part) return part.kind === 'code' ? <code>{part.text}</code> : <>{part.text}</>;
  const inner = <Words inner={part.inner} scope={scope} />;
  if (!('url' in part)) return part.kind === 'strong' ? <strong>{inner}</strong> : <em>{inner}</em>;
  const destination = destinationOf(part.url, scope, { timeQuery, states });
  return destination === undefined ? inner : <DataLink destination={destination}>{inner}</DataLink>;
}
