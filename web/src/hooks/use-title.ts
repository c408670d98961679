import { useEffect } from 'react';

/** The title of the window, so that tabs, history and screen readers say where one is. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Skopos`;
  }, [title]);
}
