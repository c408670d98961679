import { Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import { destinations } from '../hooks/use-keys.ts';

const keys: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['/'], 'Search on this page'],
  ...destinations.map(({ key, label }) => [['g', key], `Go to ${label}`] as const),
  [['↑', '↓'], 'Move in a table'],
  [['Page up', 'Page down'], 'Move by a page'],
  [['Home', 'End'], 'Move to the first or last row'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close, or leave the search'],
  [['?'], 'This help'],
];

export function Help({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className="keys">
        {keys.map(([parts, what]) => (
          <div key={what}>
            <dt>
              {parts.map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
