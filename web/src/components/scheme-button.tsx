import { useMantineColorScheme } from '@mantine/core';
import type { ReactElement } from 'react';

const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const words = { auto: 'System', light: 'Light', dark: 'Dark' } as const;

/** Light, dark, or as the system has it. */
export function SchemeButton(): ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <button
      type="button"
      className="plain-button"
      onClick={() => setColorScheme(next[colorScheme])}
      title="Change between light, dark and the system's choice"
    >
      Colours: {words[colorScheme]}
    </button>
  );
}
