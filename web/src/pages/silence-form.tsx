import { Button, Checkbox, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useSaveSilence, useSilencePreview } from '../api/alerting.ts';
import { ApiError } from '../api/client.ts';
import type { SilenceJson, SilencePreviewJson, WindowJson } from '../api/types.ts';
import { SeverityMark } from '../components/severity.tsx';
import { Failure } from '../components/states.tsx';
import { counted } from '../format/words.ts';

const units: Readonly<Record<string, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const typingPauseMs = 350;
const creatorKey = 'skopos-creator';

/** Makes or edits a silence. What it would hide stands beside it before it can be saved. */
export function SilenceForm({
  silence,
  matchers = '',
}: {
  readonly silence?: SilenceJson;
  readonly matchers?: string;
}): ReactElement {
  const navigate = useNavigate();
  const save = useSaveSilence();
  const [text, setText] = useState(silence?.matchers.join('\n') ?? matchers);
  const [amount, setAmount] = useState<number | string>(silence === undefined ? 2 : '');
  const [unit, setUnit] = useState('hours');
  const [isEndless, setEndless] = useState(silence?.isEndless ?? false);
  const [owner, setOwner] = useState(silence?.owner ?? '');
  const [creator, setCreator] = useState(() => silence?.createdBy ?? localStorage.getItem(creatorKey) ?? '');
  const [reason, setReason] = useState(silence?.reason ?? '');
  const [notice, setNotice] = useState(String(silence?.noticeMs ?? 3_600_000));
  const [windows, setWindows] = useState<readonly WindowJson[]>(silence?.windows ?? []);
  const [confirm, setConfirm] = useState(false);
  const [openedMs] = useState(() => Date.now());

  const keepsEnd = amount === '' && silence !== undefined && silence.state !== 'expired';
  const endsAtMs = isEndless
    ? null
    : keepsEnd
      ? silence.endsAtMs
      : openedMs + Number(amount) * (units[unit] ?? 3_600_000);
  const settled = useSettled(text);
  const lines = linesOf(settled);
  const preview = useSilencePreview(lines, endsAtMs);
  const warnings = preview.data?.warnings ?? [];
  const needsConfirmation = warnings.length > 0 && !confirm;
  const isReady =
    lines.length > 0 &&
    creator.trim() !== '' &&
    reason.trim() !== '' &&
    preview.data !== undefined &&
    !needsConfirmation;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isReady) return;
    localStorage.setItem(creatorKey, creator.trim());
    save.mutate(
      {
        ...(silence === undefined || silence.state === 'expired'
          ? {}
          : { id: silence.id, startsAtMs: silence.startsAtMs }),
        matchers: lines,
        endsAtMs,
        createdBy: creator.trim(),
        owner: owner.trim(),
        reason: reason.trim(),
        windows,
        noticeMs: isEndless ? 0 : Number(notice),
        confirm,
      },
      { onSuccess: ({ id }) => void navigate(`/silences/${encodeURIComponent(id)}`) },
    );
  }

  return (
    <form className="two" onSubmit={submit}>
      <section className="panel stack">
        <h2>
          {silence === undefined
            ? 'What, until when, and why'
            : silence.state === 'expired'
              ? 'Make it anew'
              : 'Change it'}
        </h2>
        <div className="form">
          <Textarea
            className="wide"
            label="Matchers, one a line; all must hold"
            description={'Such as alertname="DiskFull" or namespace=~"shop|cart"'}
            autosize
            minRows={2}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={preview.error === null || lines.length === 0 ? undefined : preview.error.message}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            required
          />
          <NumberInput
            label="For how long, from now"
            placeholder={keepsEnd ? 'as it is' : ''}
            min={1}
            value={amount}
            disabled={isEndless}
            onChange={setAmount}
          />
          <Select
            label="Unit"
            data={Object.keys(units)}
            value={unit}
            disabled={isEndless}
            allowDeselect={false}
            onChange={(value) => setUnit(value ?? 'hours')}
          />
          <Checkbox
            className="wide"
            label="It has no end"
            checked={isEndless}
            onChange={(event) => setEndless(event.currentTarget.checked)}
          />
          <TextInput
            label="Made by"
            value={creator}
            onChange={(event) => setCreator(event.currentTarget.value)}
            required
          />
          <TextInput
            label="Owner"
            description="Who answers for it"
            inputWrapperOrder={['label', 'input', 'description']}
            value={owner}
            onChange={(event) => setOwner(event.currentTarget.value)}
          />
          <Textarea
            className="wide"
            label="Reason"
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            required
          />
          <Select
            label="Say so before it ends"
            data={[
              { value: '0', label: 'No' },
              { value: '900000', label: '15 minutes before' },
              { value: '3600000', label: '1 hour before' },
              { value: '86400000', label: '1 day before' },
              ...(['0', '900000', '3600000', '86400000'].includes(notice)
                ? []
                : [{ value: notice, label: 'As it is' }]),
            ]}
            value={notice}
            disabled={isEndless}
            allowDeselect={false}
            onChange={(value) => setNotice(value ?? '0')}
          />
          <Windows windows={windows} onChange={setWindows} />
        </div>
        {warnings.length > 0 && (
          <div className="warning stack tight" role="alert">
            {warnings.map(({ code, text: said }) => (
              <p key={code}>{said}</p>
            ))}
            <Checkbox
              label="I have seen this, and mean it"
              checked={confirm}
              onChange={(event) => setConfirm(event.currentTarget.checked)}
            />
          </div>
        )}
        {save.error !== null && !(save.error instanceof ApiError && save.error.status === 409) && (
          <Failure what="save this silence" error={save.error} />
        )}
        <div className="row">
          <Button type="submit" disabled={!isReady} loading={save.isPending}>
            {silence === undefined || silence.state === 'expired' ? 'Silence' : 'Save'}
          </Button>
          <Button component={Link} to="/silences" variant="default">
            Cancel
          </Button>
        </div>
      </section>
      <Hidden preview={preview.data} isEmpty={lines.length === 0} />
    </form>
  );
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The text once the typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingPauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Windows({
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

function Hidden({
  preview,
  isEmpty,
}: {
  readonly preview: SilencePreviewJson | undefined;
  readonly isEmpty: boolean;
}): ReactElement {
  return (
    <section className="panel stack tight" aria-live="polite">
      <h2>What it hides now</h2>
      {isEmpty || preview === undefined ? (
        <p className="dim">
          {isEmpty
            ? 'Write a matcher to see which alerts it matches.'
            : 'Not known while the matchers cannot be read.'}
        </p>
      ) : preview.total === 0 ? (
        <p className="dim">No alert that fires now. It would hold back those to come.</p>
      ) : (
        <>
          <p>{counted(preview.total, 'alert that fires', 'alerts that fire')}</p>
          <ul className="told-list">
            {preview.alerts.slice(0, 30).map(({ fingerprint, name, severity, labels }) => (
              <li key={fingerprint} style={{ gridTemplateColumns: '6rem minmax(0, 1fr)' }}>
                <SeverityMark severity={severity} />
                <span className="stack" style={{ gap: 0 }}>
                  <Link to={`/alerts/${fingerprint}`} className="wrap">
                    {name}
                  </Link>
                  <span className="small dim mono clip">
                    {Object.entries(labels)
                      .filter(([label]) => label !== 'alertname' && label !== 'severity')
                      .map(([label, value]) => `${label}=${value}`)
                      .join(' ')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
          {preview.total > 30 && <p className="dim small">… and {preview.total - 30} more</p>}
        </>
      )}
    </section>
  );
}
