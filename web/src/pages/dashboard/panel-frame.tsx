import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconDotsVertical,
  IconInfoCircle,
} from '@tabler/icons-react';
import { lazy, type ReactElement, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Panel } from '../../../../src/dashboards/dashboard.ts';
import { interpolate } from '../../../../src/dashboards/interpolate.ts';
import type { PlacedPanel } from '../../../../src/dashboards/layout.ts';
import { Bar, Boundary } from '../../components/states.tsx';
import { useBoard } from './board-context.ts';
import { DataLink } from './data-link.tsx';
import { destinationOf } from './links.ts';
import { PanelBody } from './panel-body.tsx';
import { queryPage } from './query-page.ts';
import { type PanelData, type PanelQuestion, questionOf, usePanelData } from './use-panel-data.ts';

const Inspect = lazy(() => import('./inspect.tsx').then(({ Inspect: part }) => ({ default: part })));

/** A panel with its title and menu; it asks once it is on the screen. */
export function PanelFrame({
  placed: { panel, key, values },
  isAlone,
}: {
  readonly placed: PlacedPanel;
  readonly isAlone: boolean;
}): ReactElement {
  const { range, states, onView, timeQuery } = useBoard();
  const box = useRef<HTMLElement>(null);
  const isOnScreen = useOnScreen(box);
  const [isInspected, setInspected] = useState(false);
  const question = useMemo(() => questionOf(panel, states, range, values), [panel, states, range, values]);
  const query = usePanelData(panel, question, { isOnScreen });
  const title = interpolate(panel.title, question.scope, 'text');
  const isBusy = query.isFetching;
  const remarks = query.data?.remarks ?? [];

  return (
    <section
      ref={box}
      className="dash-panel"
      data-bare={panel.transparent || undefined}
      data-type={panel.type}
      aria-label={title || panel.type}
      aria-busy={isBusy}
    >
      <header>
        <h3 className="clip">{title}</h3>
        {panel.description !== '' && <About text={interpolate(panel.description, question.scope, 'text')} />}
        {remarks.length > 0 && <About text={remarks.join('\n')} isWarning />}
        <span className="dash-space" />
        <Menu position="bottom-end" shadow="md" width={200}>
          <Menu.Target>
            <ActionIcon
              className="dash-menu"
              size={22}
              variant="subtle"
              color="gray"
              aria-label={`Menu of ${title || 'the panel'}`}
            >
              <IconDotsVertical size={14} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={isAlone ? <IconArrowsMinimize size={14} /> : <IconArrowsMaximize size={14} />}
              onClick={() => onView(isAlone ? '' : key)}
            >
              {isAlone ? 'Back to the dashboard' : 'View alone'}
            </Menu.Item>
            {question.targets.length > 0 && <Menu.Item onClick={() => setInspected(true)}>Inspect</Menu.Item>}
            {question.targets.length > 0 && (
              <Menu.Item component={Link} to={queryPage(question)}>
                Open as a query
              </Menu.Item>
            )}
            {panel.links.map((link) => {
              const destination = destinationOf(link.url, question.scope, { timeQuery, states });
              return destination === undefined ? null : (
                <Menu.Item key={link.title + link.url} component="div">
                  <DataLink destination={destination}>{link.title || link.url}</DataLink>
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
      </header>
      <div className="dash-progress" data-busy={isBusy || undefined} />
      <div className="dash-body">
        <Boundary place={key}>
          <Content panel={panel} question={question} query={query} isAlone={isAlone} />
        </Boundary>
      </div>
      {isInspected && (
        <Suspense fallback={null}>
          <Inspect panel={panel} question={question} data={query.data} onClose={() => setInspected(false)} />
        </Suspense>
      )}
    </section>
  );
}

function Content({
  panel,
  question,
  query,
  isAlone,
}: {
  readonly panel: Panel;
  readonly question: PanelQuestion;
  readonly query: ReturnType<typeof usePanelData>;
  readonly isAlone: boolean;
}): ReactElement {
  const { data, error } = query;
  if (question.targets.length === 0)
    return <PanelBody panel={panel} data={emptyData(question)} isAlone={isAlone} />;
  if (error !== null)
    return (
      <div className="dash-failure wrap" role="alert">
        <strong>Could not ask.</strong> {error.message}
      </div>
    );
  if (data === undefined)
    return (
      <div role="status" aria-label="Asking" className="stack">
        <Bar width="70%" />
        <Bar width="45%" />
      </div>
    );
  return <PanelBody panel={panel} data={data} isAlone={isAlone} />;
}

function emptyData(question: PanelQuestion): PanelData {
  return { question, frames: [], series: [], remarks: [], tookMs: 0 };
}

function About({
  text,
  isWarning = false,
}: {
  readonly text: string;
  readonly isWarning?: boolean;
}): ReactElement {
  return (
    <Tooltip label={text} multiline maw={340} withArrow events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className="dash-about" data-warning={isWarning || undefined} aria-label={text}>
        <IconInfoCircle size={14} aria-hidden />
      </button>
    </Tooltip>
  );
}

/** Whether any of an element is, or soon will be, on the screen. */
function useOnScreen(box: { readonly current: HTMLElement | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => setSeen(entries.some((entry) => entry.isIntersecting)),
      {
        rootMargin: '200px',
      },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return isSeen;
}
