import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type ReactElement, useState } from 'react';
import { download, toCsv } from '../format/csv.ts';

/** Saves every row of a list as a file, whatever of it is on the screen. */
export function ExportButton<Item>({
  name,
  columns,
  load,
  disabled,
}: {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly columns: Readonly<Record<string, (item: Item) => string>>;
  readonly load: () => Promise<readonly Item[]>;
  readonly disabled: boolean;
}): ReactElement {
  const [state, setState] = useState<'ready' | 'busy' | 'failed'>('ready');
  async function save(): Promise<void> {
    setState('busy');
    try {
      const rows = (await load()).map((item) => Object.values(columns).map((cell) => cell(item)));
      download(`${name}.csv`, toCsv(Object.keys(columns), rows), 'text/csv;charset=utf-8');
      setState('ready');
    } catch {
      setState('failed');
    }
  }
  return (
    <Button
      size="compact-xs"
      flex="none"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      loading={state === 'busy'}
      disabled={disabled}
      onClick={() => void save()}
    >
      {state === 'failed' ? 'Export failed: try again' : 'CSV'}
    </Button>
  );
}
