import type { ReactElement } from 'react';
import { packagesPage } from '../api/images.ts';
import type { ImageDetailJson, ImagePackagesJson } from '../api/types.ts';
import { Loaded } from '../components/loaded.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { count } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { useWindowed } from '../hooks/use-windowed.ts';

type PackageJson = ImagePackagesJson['items'][number];

/** What an image is made of, those with the most vulnerabilities first. */
export function ImagePackages({ image: { id } }: { readonly image: ImageDetailJson }): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const filter = { q: url.get('q'), layer: url.get('layer') };
  const { first, total, table } = useWindowed<PackageJson, ImagePackagesJson>({
    key: ['images', 'packages', id, filter],
    fetch: (offset, limit, signal) => packagesPage(id, filter, offset, limit, signal),
  });
  return (
    <>
      <div className="filters">
        <UrlSearch url={url} label="Search packages" />
        {filter.layer !== '' && (
          <button type="button" className="plain-button small" onClick={() => set({ layer: '' })}>
            Of layer {Number(filter.layer) + 1} ✕
          </button>
        )}
      </div>
      <Loaded query={first} what="load the packages">
        {() =>
          total === 0 ? (
            <Empty title="No package is like that" />
          ) : (
            <div className="tall">
              <VirtualTable
                label="Packages"
                {...table}
                id={({ purl, paths }) => `${purl} ${paths[0] ?? ''}`}
                columns={columns}
                card={(one) => <Card one={one} />}
              />
            </div>
          )
        }
      </Loaded>
    </>
  );
}

const columns: readonly Column<PackageJson>[] = [
  {
    key: 'name',
    label: 'Package',
    width: 'minmax(0, 1.3fr)',
    cell: ({ name, purl }) => (
      <span className="mono" title={purl}>
        {name}
      </span>
    ),
  },
  {
    key: 'version',
    label: 'Version',
    width: 'minmax(0, 1fr)',
    cell: ({ version }) => <span className="mono small">{version}</span>,
  },
  { key: 'type', label: 'Type', width: '6.5rem', cell: ({ type }) => type },
  {
    key: 'layers',
    label: 'Layer',
    width: '4.5rem',
    cell: ({ layers }) => layers.map((layer) => layer + 1).join(', '),
  },
  {
    key: 'found',
    label: 'Vulnerabilities',
    width: '8rem',
    cell: ({ vulnerabilities, worst }) =>
      worst === undefined ? (
        <span className="dim">0</span>
      ) : (
        <SeverityMark severity={worst} label={count(vulnerabilities)} />
      ),
  },
  {
    key: 'where',
    label: 'Where',
    width: 'minmax(0, 1.2fr)',
    cell: ({ paths }) => (
      <span className="mono small" title={paths.join('\n')}>
        {paths[0] ?? ''}
      </span>
    ),
  },
];

function Card({
  one: { name, version, type, vulnerabilities, worst },
}: {
  readonly one: PackageJson;
}): ReactElement {
  return (
    <>
      <span className="row spread">
        <span className="mono clip">{name}</span>
        {worst !== undefined && <SeverityMark severity={worst} label={count(vulnerabilities)} />}
      </span>
      <span className="mono small clip">{version}</span>
      <span className="small dim">{type}</span>
    </>
  );
}
