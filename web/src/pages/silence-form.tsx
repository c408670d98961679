import { Button, Textarea } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useSaveSilence, useSilencePreview } from '../api/alerting.ts';
import { ApiError } from '../api/client.ts';
import type { SilenceJson, SilencePreviewJson } from '../api/types.ts';
import { DecisionFields, useDecision, Warnings } from '../components/decision-fields.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Failure } from '../components/states.tsx';
import { counted } from '../format/words.ts';
import { useSettled } from '../hooks/use-settled.ts';

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
  const form = useDecision(silence);
  const [confirm, setConfirm] = useState(false);
  const { decision } = form;
  const settled = useSettled(text);
  const lines = linesOf(settled);
  const preview = useSilencePreview(lines, decision.endsAtMs);
  const warnings = preview.data?.warnings ?? [];
  const needsConfirmation = warnings.length > 0 && !confirm;
  const isReady = lines.length > 0 && form.isComplete && preview.data !== undefined && !needsConfirmation;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isReady) return;
    form.remember();
    save.mutate(
      {
        ...(silence === undefined || silence.state === 'expired'
          ? {}
          : { id: silence.id, startsAtMs: silence.startsAtMs }),
        matchers: lines,
        ...decision,
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
          <DecisionFields form={form} />
        </div>
        <Warnings warnings={warnings} isConfirmed={confirm} onConfirm={setConfirm} />
        {save.error !== null && !(save.error instanceof ApiError && save.error.status === 409) && (
          <Failure what="save this silence" error={save.error} />
        )}
        <div className="row">
          <Button type="submit" disabled={!isReady} loading={save.isPending}>
            {silence === undefined || silence.state === 'expired' ? 'Silence' : 'Save'}
          </Button>
          <Button component={Link} to="/suppressions" variant="default">
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
