import { Checkbox, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import type { WindowJson } from '../api/types.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** One recurring window, or none; several, which only files and the API write, stay as they are. */
export function WindowsField({
  windows,
  onChange,
}: {
  readonly windows: readonly WindowJson[];
  readonly onChange: (windows: readonly WindowJson[]) => void;
}): ReactElement {
  const [window] = windows;
  const time = window?.times?.[0];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const change = (more: Partial<WindowJson>) => onChange([{ ...window, ...more }]);
  if (windows.length > 1)
    return <p className="wide dim small">It recurs in {windows.length} windows, which stay as they are.</p>;
  return (
    <div className="wide stack tight">
      <Checkbox
        label="Only within a recurring window"
        checked={window !== undefined}
        onChange={(event) =>
          onChange(
            event.currentTarget.checked
              ? [{ times: [{ start_time: '01:00', end_time: '05:00' }], location: zone }]
              : [],
          )
        }
      />
      {window !== undefined && (
        <>
          <div className="row wraps">
            <TextInput
              type="time"
              aria-label="Window begins"
              value={time?.start_time ?? '00:00'}
              onChange={(event) =>
                change({
                  times: [{ start_time: event.currentTarget.value, end_time: time?.end_time ?? '24:00' }],
                })
              }
            />
            <span>to</span>
            <TextInput
              type="time"
              aria-label="Window ends"
              value={time?.end_time ?? '23:59'}
              onChange={(event) =>
                change({
                  times: [{ start_time: time?.start_time ?? '00:00', end_time: event.currentTarget.value }],
                })
              }
            />
            <span className="dim small">{window.location ?? 'UTC'}</span>
          </div>
          <div className="row wraps">
            {weekdays.map((day) => (
              <Checkbox
                key={day}
                size="xs"
                label={day.slice(0, 3)}
                checked={window.weekdays?.includes(day) ?? true}
                onChange={(event) => {
                  const before = window.weekdays ?? weekdays;
                  const after = event.currentTarget.checked
                    ? [...before, day]
                    : before.filter((one) => one !== day);
                  const { weekdays: _all, ...rest } = window;
                  onChange([after.length === weekdays.length ? rest : { ...rest, weekdays: after }]);
                }}
              />
            ))}
          </div>
        </>
      )}
    </div>
  );
}
