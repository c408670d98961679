import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconMinus, IconPlus } from '@tabler/icons-react';
import { type ReactElement, useEffect, useState } from 'react';
import { formatSpan, nextRange, type PanelState, parseSpan, ranges } from './panel-state.ts';

interface Properties {
  readonly state: PanelState;
  readonly onChange: (change: Partial<PanelState>) => void;
}

const steps = ['1s', '5s', '15s', '30s', '1m', '5m', '15m', '1h', '6h', '1d'] as const;

/** How long, until when, and how fine. */
export function RangeControls({ state, onChange }: Properties): ReactElement {
  const { tab, rangeMs, stepMs, stacked } = state;
  return (
    <>
      {tab !== 'table' && <RangeField rangeMs={rangeMs} onChange={onChange} />}
      <EndField state={state} onChange={onChange} />
      {tab !== 'table' && (
        <NativeSelect
          size="xs"
          aria-label="Time between two points"
          value={stepMs === undefined ? '' : formatSpan(stepMs)}
          onChange={(event) => onChange({ stepMs: parseSpan(event.currentTarget.value) })}
          data={[
            { value: '', label: 'Step: to fit' },
            ...withOther(steps, stepMs).map((text) => ({ value: text, label: `Step: ${text}` })),
          ]}
        />
      )}
      {tab === 'graph' && (
        <Button
          size="xs"
          variant={stacked ? 'light' : 'default'}
          aria-pressed={stacked}
          onClick={() => onChange({ stacked: !stacked })}
        >
          Stacked
        </Button>
      )}
    </>
  );
}

/** A step of an address that is not one of the usual ones is a choice too. */
function withOther(list: readonly string[], ms: number | undefined): readonly string[] {
  if (ms === undefined) return list;
  const text = formatSpan(ms);
  return list.includes(text) ? list : [text, ...list];
}

function RangeField({
  rangeMs,
  onChange,
}: {
  readonly rangeMs: number;
  readonly onChange: (change: Partial<PanelState>) => void;
}): ReactElement {
  const [text, setText] = useState(formatSpan(rangeMs));
  useEffect(() => setText(formatSpan(rangeMs)), [rangeMs]);
  const isWrong = parseSpan(text) === undefined;
  function take(): void {
    const ms = parseSpan(text);
    if (ms === undefined) setText(formatSpan(rangeMs));
    else if (ms !== rangeMs) onChange({ rangeMs: ms });
  }
  return (
    <div className="joined">
      <ActionIcon
        variant="default"
        size={30}
        aria-label="Shorter range"
        onClick={() => onChange({ rangeMs: nextRange(rangeMs, -1) })}
      >
        <IconMinus size={14} aria-hidden />
      </ActionIcon>
      <TextInput
        size="xs"
        className="span-input"
        aria-label="Range, such as 1h"
        list="query-ranges"
        value={text}
        error={isWrong}
        onChange={(event) => setText(event.currentTarget.value.trim())}
        onBlur={take}
        onKeyDown={(event) => event.key === 'Enter' && take()}
      />
      <datalist id="query-ranges">
        {ranges.map((range) => (
          <option key={range} value={range} />
        ))}
      </datalist>
      <ActionIcon
        variant="default"
        size={30}
        aria-label="Longer range"
        onClick={() => onChange({ rangeMs: nextRange(rangeMs, 1) })}
      >
        <IconPlus size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function EndField({ state: { tab, rangeMs, endMs }, onChange }: Properties): ReactElement {
  const move = (direction: 1 | -1): void =>
    onChange({ endMs: Math.min((endMs ?? Date.now()) + (direction * rangeMs) / 2, Date.now()) });
  return (
    <div className="joined">
      <ActionIcon variant="default" size={30} aria-label="Earlier" onClick={() => move(-1)}>
        <IconChevronLeft size={16} aria-hidden />
      </ActionIcon>
      <TextInput
        size="xs"
        type="datetime-local"
        step={1}
        className="end-input"
        aria-label={tab === 'table' ? 'Time' : 'End of the range'}
        value={endMs === undefined ? '' : localText(endMs)}
        onChange={(event) => {
          const ms = Date.parse(event.currentTarget.value);
          onChange({ endMs: Number.isNaN(ms) ? undefined : ms });
        }}
      />
      {endMs !== undefined && (
        <ActionIcon variant="default" size={30} aria-label="Later" onClick={() => move(1)}>
          <IconChevronRight size={16} aria-hidden />
        </ActionIcon>
      )}
      <Button
        size="xs"
        variant={endMs === undefined ? 'light' : 'default'}
        aria-pressed={endMs === undefined}
        onClick={() => onChange({ endMs: undefined })}
      >
        Now
      </Button>
    </div>
  );
}

/** As the field writes it: in the reader's zone, without one. */
function localText(ms: number): string {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
