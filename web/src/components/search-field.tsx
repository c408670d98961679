import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';

const delayMs = 200;

/** The page's search, reached with `/`. Tells what was typed once the typing pauses. */
export function SearchField({
  value,
  onChange,
  label,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
}): ReactElement {
  const [typed, setTyped] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const told = useRef(value);
  const { hash } = useLocation();

  // The address may change without typing: a link, or the browser's back.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      onChange(typed);
    }, delayMs);
    return () => clearTimeout(timer);
  }, [typed, onChange]);
  useEffect(() => {
    if (hash === '#search') field.current?.focus();
  }, [hash]);

  return (
    <TextInput
      ref={field}
      className="search"
      size="xs"
      type="search"
      data-search
      aria-label={label}
      placeholder={`${label}  ( / )`}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
        if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('[role="grid"]')?.focus();
      }}
    />
  );
}
