import { useEffect, useRef } from 'react';

/** What keys do everywhere, and what the help says of them. `g` is pressed first, then the letter. */
export const destinations = [
  { key: 'o', to: '/', label: 'Overview' },
  { key: 'f', to: '/findings', label: 'Findings' },
  { key: 'a', to: '/alerts', label: 'Alerts' },
  { key: 'i', to: '/inbox', label: 'Inbox' },
  { key: 'd', to: '/drills', label: 'Drills' },
  { key: 'l', to: '/ledger', label: 'Ledger' },
] as const;

interface KeyActions {
  readonly go: (to: string) => void;
  readonly help: () => void;
}

const sequenceMs = 1200;

/** The keys that work on every page. Typing in a field is left alone. */
export function useKeys({ go, help }: KeyActions): void {
  const gAtMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      const afterG = event.timeStamp - gAtMs.current < sequenceMs;
      gAtMs.current = event.key === 'g' && !afterG ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const to = afterG ? destinations.find(({ key }) => key === event.key)?.to : undefined;
      if (to !== undefined) go(to);
      else if (event.key === '?') help();
      else if (event.key === '/') search(go);
      else return;
      event.preventDefault();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [go, help]);
}

/** The page's own search field; on a page without one, that of the findings. */
function search(go: KeyActions['go']): void {
  const field = document.querySelector<HTMLInputElement>('input[data-search]');
  if (field === null) return go('/findings#search');
  field.focus();
  field.select();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type))
  );
}
