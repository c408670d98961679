import { useEffect, useRef } from 'react';

/** What keys do everywhere, and what the help says of them. `g` is pressed first, then the letter. */
export const destinations = [
  { key: 'o', to: '/', label: 'Overview' },
  { key: 'f', to: '/findings', label: 'Findings' },
  { key: 'p', to: '/frameworks', label: 'Frameworks' },
  { key: 'm', to: '/images', label: 'Images' },
  { key: 'a', to: '/alerts', label: 'Alerts' },
  { key: 'i', to: '/inbox', label: 'Inbox' },
  { key: 's', to: '/jobs', label: 'Scans' },
  { key: 'd', to: '/drills', label: 'Drills' },
  { key: 'w', to: '/live', label: 'Live feed' },
  { key: 'l', to: '/ledger', label: 'Ledger' },
  { key: 'b', to: '/dashboards', label: 'Dashboards' },
  { key: 'q', to: '/query', label: 'Query' },
  { key: 't', to: '/targets', label: 'Monitoring' },
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
      if (act(event.key, afterG, { go, help })) event.preventDefault();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [go, help]);
}

/** Whether the key meant anything. */
function act(key: string, afterG: boolean, { go, help }: KeyActions): boolean {
  const to = afterG ? destinations.find((destination) => destination.key === key)?.to : undefined;
  if (to !== undefined) go(to);
  else if (key === '?') help();
  else if (key === '/') search(go);
  else return false;
  return true;
}

/** The page's own search field; on a page without one, that of the findings. */
function search(go: KeyActions['go']): void {
  const field = document.querySelector<HTMLInputElement>('input[data-search]');
  if (field === null) {
    go('/findings#search');
    return;
  }
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
