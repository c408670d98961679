import type { ReactElement } from 'react';

/** The lookout: an eye on a mast. */
export function Logo({ size = 26 }: { readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <g stroke="var(--accent)" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <path d="M2.5 11.5C6 6 10.7 3.5 16 3.5S26 6 29.5 11.5C26 17 21.3 19.5 16 19.5S6 17 2.5 11.5Z" />
        <path d="M16 19.5V29.5M10 24.5H22M11.5 29.5H20.5" />
      </g>
      <circle cx="16" cy="11.5" r="4.2" fill="var(--accent)" />
    </svg>
  );
}
