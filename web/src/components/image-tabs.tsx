import type { ReactElement } from 'react';
import { Tabs } from './tabs.tsx';

const tabs = [
  { to: '/images', label: 'Images', end: true },
  { to: '/images/news', label: 'What is new' },
  { to: '/images/registries', label: 'Registries' },
] as const;

/** The pages about images and what is wrong with them. */
export function ImageTabs(): ReactElement {
  return <Tabs label="Images" tabs={tabs} />;
}
