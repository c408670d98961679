import { Button, Checkbox, NativeSelect, Popover, TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactElement, useEffect, useState } from 'react';
import { allValues } from '../../../../src/dashboards/dashboard.ts';
import type { VariableState } from '../../../../src/dashboards/scope.ts';
import type { BoardAddress } from './address.ts';
import type { Variables } from './use-variables.ts';

/** So many choices are drawn; the rest is found by searching. */
const mostDrawn = 200;

/** What can be chosen; what is chosen stands in the address. */
export function VariableBar({
  variables: { states = [], errors },
  address,
}: {
  readonly variables: Variables;
  readonly address: BoardAddress;
}): ReactElement {
  const shown = states.filter(
    ({ variable: { type, hide } }) =>
      hide !== 'variable' && type !== 'constant' && type !== 'other' && type !== 'datasource',
  );
  return (
    <div className="dash-variables">
      {shown.map((state) => {
        const { name, label, hide, description } = state.variable;
        const error = errors[name];
        const choose = (values: readonly string[]): void => address.set({ [`var-${name}`]: values });
        return (
          <div key={name} className="dash-variable" title={description || undefined}>
            {hide !== 'label' && <span className="dim small">{label}</span>}
            <Field state={state} onChoose={choose} />
            {error !== undefined && (
              <span className="small dash-error" role="alert">
                {error}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

interface FieldProperties {
  readonly state: VariableState;
  readonly onChoose: (values: readonly string[]) => void;
}

function Field({ state, onChoose }: FieldProperties): ReactElement {
  const { variable, chosen, choices } = state;
  if (variable.type === 'textbox') return <TextField state={state} onChoose={onChoose} />;
  if (variable.multi) return <SeveralField state={state} onChoose={onChoose} />;
  const value = chosen[0] ?? '';
  const isThere = value === allValues || choices.some((choice) => choice.value === value);
  return (
    <NativeSelect
      size="xs"
      aria-label={variable.label}
      value={value}
      onChange={(event) => onChoose([event.currentTarget.value])}
      data={[
        ...(variable.includeAll ? [{ value: allValues, label: 'All' }] : []),
        ...(isThere ? [] : [{ value, label: value === '' ? 'none' : value }]),
        ...choices.map((choice) => ({ value: choice.value, label: choice.text || '(none)' })),
      ]}
    />
  );
}

function TextField({ state: { variable, chosen }, onChoose }: FieldProperties): ReactElement {
  const value = chosen[0] ?? '';
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      size="xs"
      aria-label={variable.label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => text !== value && onChoose([text])}
      onKeyDown={(event) => event.key === 'Enter' && onChoose([text])}
    />
  );
}

function SeveralField({ state: { variable, chosen, choices }, onChoose }: FieldProperties): ReactElement {
  const [search, setSearch] = useState('');
  const isAll = chosen.includes(allValues);
  const word = search.toLowerCase();
  const fitting = choices.filter(({ text }) => text.toLowerCase().includes(word));
  function toggle(value: string): void {
    const before = isAll ? [] : chosen;
    const after = before.includes(value) ? before.filter((each) => each !== value) : [...before, value];
    onChoose(after.length === 0 && variable.includeAll ? [allValues] : after);
  }
  const said = isAll ? 'All' : chosen.length > 2 ? `${chosen.length} chosen` : chosen.join(', ') || 'none';
  return (
    <Popover position="bottom-start" shadow="md" width={280} trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          aria-label={`${variable.label}: ${said}`}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          <span className="dash-chosen">{said}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={variable.label}>
        <div className="stack tight">
          {choices.length > 10 && (
            <TextInput
              size="xs"
              type="search"
              aria-label={`Search in ${variable.label}`}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          )}
          <div className="dash-choices stack tight">
            {variable.includeAll && (
              <Checkbox size="xs" label="All" checked={isAll} onChange={() => onChoose([allValues])} />
            )}
            {fitting.slice(0, mostDrawn).map(({ value, text }) => (
              <Checkbox
                key={value}
                size="xs"
                label={text || '(none)'}
                checked={!isAll && chosen.includes(value)}
                onChange={() => toggle(value)}
              />
            ))}
            {fitting.length > mostDrawn && (
              <p className="small dim">{fitting.length - mostDrawn} more: search for them.</p>
            )}
            {choices.length === 0 && <p className="small dim">There is nothing to choose from.</p>}
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
