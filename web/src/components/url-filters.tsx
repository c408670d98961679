import { type ReactElement, useCallback } from 'react';
import type { FacetJson } from '../api/types.ts';
import type { UrlState } from '../hooks/use-url-state.ts';
import { FacetFilter } from './facet-filter.tsx';
import { SearchField } from './search-field.tsx';

/** The page's search, kept in its address as `q`; the list begins anew with it. */
export function UrlSearch({ url, label }: { readonly url: UrlState; readonly label: string }): ReactElement {
  const { set } = url;
  const search = useCallback((q: string) => set({ q, offset: '' }, true), [set]);
  return <SearchField value={url.get('q')} onChange={search} label={label} />;
}

/** Values of one property, kept in the address by its name; the list begins anew with them. */
export function UrlFacet({
  url,
  name,
  label,
  facets = [],
  severity = false,
}: {
  readonly url: UrlState;
  readonly name: string;
  readonly label: string;
  readonly facets: readonly FacetJson[] | undefined;
  readonly severity?: boolean;
}): ReactElement {
  return (
    <FacetFilter
      label={label}
      facets={facets}
      chosen={url.list(name)}
      onChange={(chosen) => url.set({ [name]: chosen, offset: '' })}
      severity={severity}
    />
  );
}
