import { ActionIcon, Button, NativeSelect, Popover, TextInput } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconClock, IconRefresh, IconZoomOut } from '@tabler/icons-react';
import { type ReactElement, useEffect, useState } from 'react';
import {
  isRelative,
  movedRange,
  parseRange,
  type TimeRange,
  type Zone,
} from '../../../../src/dashboards/time-range.ts';
import { showText } from '../../../../src/dashboards/units.ts';
import { counted } from '../../format/words.ts';
import type { BoardAddress } from './address.ts';

const usual = [
  ['now-5m', 'Last 5 minutes'],
  ['now-15m', 'Last 15 minutes'],
  ['now-1h', 'Last hour'],
  ['now-3h', 'Last 3 hours'],
  ['now-6h', 'Last 6 hours'],
  ['now-12h', 'Last 12 hours'],
  ['now-24h', 'Last 24 hours'],
  ['now-2d', 'Last 2 days'],
  ['now-7d', 'Last 7 days'],
  ['now-30d', 'Last 30 days'],
] as const;
const refreshes = ['5s', '10s', '30s', '1m', '5m', '15m', '1h'] as const;

/** From when to when, how often anew, and how many questions are still open. */
export function TimePicker({
  address,
  range,
  zone,
  asking,
  onRefresh,
}: {
  readonly address: BoardAddress;
  readonly range: TimeRange;
  readonly zone: Zone;
  readonly asking: number;
  readonly onRefresh: () => void;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const show = ({ fromMs, toMs }: TimeRange): void => address.set({ from: String(fromMs), to: String(toMs) });
  const refresh = address.refresh;
  return (
    <div className="row wraps dash-time">
      <span className="small dim" role="status">
        {asking === 0 ? '' : `asking: ${counted(asking, 'question')}`}
      </span>
      <div className="joined">
        <ActionIcon
          variant="default"
          size={30}
          aria-label="Earlier"
          onClick={() => show(movedRange(range, 'earlier'))}
        >
          <IconChevronLeft size={16} aria-hidden />
        </ActionIcon>
        <Popover
          opened={isOpen}
          onChange={setOpen}
          position="bottom-end"
          shadow="md"
          width={300}
          trapFocus
          returnFocus
        >
          <Popover.Target>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconClock size={14} aria-hidden />}
              onClick={() => setOpen(!isOpen)}
            >
              {rangeText(address, range, zone)}
            </Button>
          </Popover.Target>
          <Popover.Dropdown p="sm" aria-label="Time range">
            <RangeForm
              address={address}
              zone={zone}
              onChosen={(from, to) => {
                address.set({ from, to });
                setOpen(false);
              }}
            />
          </Popover.Dropdown>
        </Popover>
        <ActionIcon
          variant="default"
          size={30}
          aria-label="Zoom out"
          onClick={() => show(movedRange(range, 'out'))}
        >
          <IconZoomOut size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={30}
          aria-label="Later"
          onClick={() => show(movedRange(range, 'later'))}
        >
          <IconChevronRight size={16} aria-hidden />
        </ActionIcon>
      </div>
      <div className="joined">
        <ActionIcon variant="default" size={30} aria-label="Refresh" onClick={onRefresh}>
          <IconRefresh size={16} aria-hidden />
        </ActionIcon>
        <NativeSelect
          size="xs"
          aria-label="Refresh every"
          value={refresh}
          onChange={(event) => address.set({ refresh: event.currentTarget.value })}
          data={[
            { value: '', label: 'Off' },
            ...[...new Set([...refreshes, ...(refresh === '' ? [] : [refresh])])].map((each) => ({
              value: each,
              label: each,
            })),
          ]}
        />
      </div>
    </div>
  );
}

function RangeForm({
  address,
  zone,
  onChosen,
}: {
  readonly address: BoardAddress;
  readonly zone: Zone;
  readonly onChosen: (from: string, to: string) => void;
}): ReactElement {
  const [from, setFrom] = useState(address.from);
  const [to, setTo] = useState(address.to);
  useEffect(() => {
    setFrom(address.from);
    setTo(address.to);
  }, [address.from, address.to]);
  const isRange = parseRange(from, to, Date.now(), zone) !== undefined;
  return (
    <div className="stack">
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRange) onChosen(from.trim(), to.trim());
        }}
      >
        <TextInput
          size="xs"
          label="From"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label="To"
          value={to}
          error={isRange ? undefined : 'Such as now-6h and now, or 2026-11-21 16:00.'}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" disabled={!isRange}>
          Show
        </Button>
      </form>
      <div className="dash-ranges">
        {usual.map(([text, label]) => (
          <Button
            key={text}
            size="compact-xs"
            variant={address.from === text && address.to === 'now' ? 'light' : 'subtle'}
            onClick={() => onChosen(text, 'now')}
          >
            {label}
          </Button>
        ))}
      </div>
      <p className="small dim">Times are {zone === 'utc' ? 'UTC' : 'those of your zone'}.</p>
    </div>
  );
}

function rangeText(address: BoardAddress, range: TimeRange, zone: Zone): string {
  const known = usual.find(([text]) => address.from === text && address.to === 'now');
  if (known !== undefined) return known[1];
  if (isRelative(address)) return `${address.from} to ${address.to}`;
  const text = (atMs: number) =>
    showText(atMs, 'dateTimeAsIsoNoDateIfToday', undefined, { nowMs: range.toMs, zone }).replace(
      /:\d\d$/,
      '',
    );
  return `${showText(range.fromMs, 'dateTimeAsSystem', undefined, { nowMs: 0, zone }).slice(0, 16)} to ${text(range.toMs)}`;
}
