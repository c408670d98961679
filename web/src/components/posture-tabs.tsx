import type { ReactElement } from 'react';
import { Tabs } from './tabs.tsx';

const tabs = [
  { to: '/frameworks', label: 'Frameworks' },
  { to: '/controls', label: 'Controls' },
  { to: '/verdicts', label: 'Verdicts' },
  { to: '/cluster-map', label: 'Cluster map' },
  { to: '/nodes', label: 'Nodes' },
  { to: '/attack-paths', label: 'Attack paths' },
  { to: '/access', label: 'Access' },
  { to: '/exposure', label: 'Exposure' },
  { to: '/admission', label: 'Admission' },
] as const;

/** The pages about what is judged, and how it stands. */
export function PostureTabs(): ReactElement {
  return <Tabs label="Posture" tabs={tabs} />;
}
