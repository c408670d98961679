import type { ReactElement } from 'react';
import { useControls, useFrameworks } from '../api/posture.ts';
import { ControlRows } from '../components/control-rows.tsx';
import { FacetFilter } from '../components/facet-filter.tsx';
import { Loaded } from '../components/loaded.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { controlStates } from './framework.tsx';

/** Every control that is judged, the most urgent first. */
export function Controls(): ReactElement {
  useTitle('Controls');
  const url = useUrlState();
  const { set } = url;
  const query = useControls({
    framework: url.get('framework'),
    state: url.get('state'),
    q: url.get('q'),
  });
  const frameworks = useFrameworks();
  return (
    <div className="page">
      <header>
        <h1>Controls</h1>
        <span className="dim" role="status">
          {query.data === undefined ? '' : counted(query.data.total, 'control')}
        </span>
      </header>
      <PostureTabs />
      <div className="filters">
        <UrlSearch url={url} label="Search controls" />
        <Segments
          label="State"
          choices={controlStates}
          value={url.get('state')}
          onChange={(state) => set({ state })}
        />
        <FacetFilter
          label="Framework"
          facets={(frameworks.data?.items ?? []).map(({ name, controls }) => ({
            value: name,
            label: name,
            count: Object.values(controls).reduce((sum, each) => sum + each, 0),
          }))}
          chosen={url.list('framework')}
          onChange={(framework) => set({ framework })}
        />
      </div>
      <Loaded query={query} what="load the controls">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No control is like that">
              <p>The filters let nothing through.</p>
            </Empty>
          ) : (
            <section className="panel">
              <ControlRows controls={items} />
            </section>
          )
        }
      </Loaded>
    </div>
  );
}
