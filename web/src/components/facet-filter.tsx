import { Button, Popover, TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactElement, useState } from 'react';
import type { FacetJson, Severity } from '../api/types.ts';
import { count } from '../format/words.ts';
import { SeverityMark, severities } from './severity.tsx';
import './filters.css';

/** Lists longer than this can be searched. */
const searchFrom = 12;

/** Chooses values of one property, each with the number of rows behind it. */
export function FacetFilter({
  label,
  facets,
  chosen,
  onChange,
  severity = false,
}: {
  readonly label: string;
  readonly facets: readonly FacetJson[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly severity?: boolean;
}): ReactElement {
  const [search, setSearch] = useState('');
  // What is chosen stays in the list even when nothing is left of it.
  const gone = chosen.filter((value) => !facets.some((facet) => facet.value === value));
  const all = [...facets, ...gone.map((value) => ({ value, label: value, count: 0 }))];
  if (severity) all.sort((a, b) => rank(a) - rank(b));
  const word = search.toLowerCase();
  const shown = all
    .filter((facet) => `${facet.value} ${facet.label}`.toLowerCase().includes(word))
    .slice(0, 200);

  function toggle(value: string): void {
    onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]);
  }

  return (
    <Popover position="bottom-start" shadow="md" width={300} trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant={chosen.length > 0 ? 'light' : 'default'}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {chosen.length > 0 ? `${label}: ${chosen.length}` : label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={`Filter by ${label.toLowerCase()}`}>
        {all.length > searchFrom && (
          <TextInput
            size="xs"
            mb={6}
            aria-label={`Search ${label.toLowerCase()}`}
            placeholder="Search"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        <div className="facet">
          {shown.map((facet) => (
            <label key={facet.value}>
              <input
                type="checkbox"
                checked={chosen.includes(facet.value)}
                onChange={() => toggle(facet.value)}
              />
              {severity ? (
                <SeverityMark severity={facet.value} />
              ) : (
                <span className="clip" title={facet.label}>
                  {facet.label === '' ? <em>none (cluster-wide)</em> : facet.label}
                </span>
              )}
              <span className="dim small">{count(facet.count)}</span>
            </label>
          ))}
          {shown.length === 0 && <span className="dim small">Nothing to choose.</span>}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Severities stand from critical to unknown, however many there are of each. */
function rank({ value }: FacetJson): number {
  // Images have one more, between low and unknown.
  return value === 'negligible' ? severities.length - 1.5 : severities.indexOf(value as Severity);
}
