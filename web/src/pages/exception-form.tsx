import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ApiError } from '../api/client.ts';
import { type ExceptionScope, useExceptionPreview, useSaveException } from '../api/suppressions.ts';
import type { ExceptionJson, ExceptionPreviewJson, ExceptionScopeJson } from '../api/types.ts';
import { DecisionFields, useDecision, Warnings } from '../components/decision-fields.tsx';
import { Failure } from '../components/states.tsx';
import { counted, objectName } from '../format/words.ts';
import { useSettled } from '../hooks/use-settled.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const placeFields = [
  { key: 'namespace', label: 'Namespace', hint: 'shop' },
  { key: 'kind', label: 'Kind', hint: 'Deployment' },
  { key: 'name', label: 'Name', hint: 'cart.*' },
  { key: 'container', label: 'Container', hint: 'sidecar' },
] as const;
type PlaceKey = (typeof placeFields)[number]['key'];

const shownVerdicts = 40;

/** Makes or edits an exception. What it would except stands beside it before it can be saved. */
export function ExceptionForm({ exception }: { readonly exception?: ExceptionJson }): ReactElement {
  const navigate = useNavigate();
  const url = useUrlState();
  const save = useSaveException();
  const first = exception?.resources[0];
  const [controls, setControls] = useState(exception?.controls.join(', ') ?? url.get('control'));
  const [place, setPlace] = useState<Readonly<Record<PlaceKey, string>>>({
    namespace: first?.namespace ?? url.get('namespace'),
    kind: first?.kind ?? url.get('kind'),
    name: first?.name ?? url.get('name'),
    container: first?.container ?? url.get('container'),
  });
  const [labels, setLabels] = useState(labelsText(first?.labels));
  const [confirm, setConfirm] = useState(false);
  const form = useDecision(exception, { amount: 30, unit: 'days' });
  const { decision } = form;

  const rest = exception?.resources.slice(1) ?? [];
  const scope = useSettledScope({
    ...(exception === undefined || exception.state === 'expired' ? {} : { id: exception.id }),
    controls: controls.split(/[\s,]+/).filter((text) => text !== ''),
    frameworks: exception?.frameworks ?? [],
    resources: [{ ...first, ...place, labels: readLabels(labels) }, ...rest],
  });
  const isEmpty = scope.resources.every(saysNothing);
  const preview = useExceptionPreview(isEmpty ? undefined : scope, decision.endsAtMs);
  const warnings = preview.data?.warnings ?? [];
  const isReady =
    !isEmpty && form.isComplete && preview.data !== undefined && (warnings.length === 0 || confirm);
  const isAnew = exception === undefined || exception.state === 'expired';

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isReady) return;
    form.remember();
    save.mutate(
      { ...scope, ...(isAnew ? {} : { startsAtMs: exception.startsAtMs }), ...decision, confirm },
      { onSuccess: ({ id }) => void navigate(`/exceptions/${encodeURIComponent(id)}`) },
    );
  }

  return (
    <form className="two" onSubmit={submit}>
      <section className="panel stack">
        <h2>
          {exception === undefined
            ? 'What, until when, and why'
            : exception.state === 'expired'
              ? 'Make it anew'
              : 'Change it'}
        </h2>
        <div className="form">
          <TextInput
            className="wide"
            label="Controls"
            description="Ids with commas between; none: every control"
            placeholder="C-0057, C-0046"
            value={controls}
            onChange={(event) => setControls(event.currentTarget.value)}
          />
          {placeFields.map(({ key, label, hint }) => (
            <TextInput
              key={key}
              label={label}
              placeholder={hint}
              value={place[key]}
              onChange={(event) => setPlace({ ...place, [key]: event.currentTarget.value })}
            />
          ))}
          <TextInput
            className="wide"
            label="Labels"
            description="Labels or annotations that it must have, with commas between"
            placeholder="app=gpu-driver"
            value={labels}
            onChange={(event) => setLabels(event.currentTarget.value)}
          />
          <p className="wide dim small">
            All that is filled in must hold. Namespace, kind and name are patterns of the whole, such as{' '}
            <code>cart.*</code>.
            {rest.length > 0 &&
              ` It is for ${counted(rest.length, 'other place')} too, which stay as they are.`}
          </p>
          <DecisionFields form={form} />
        </div>
        <Warnings warnings={warnings} isConfirmed={confirm} onConfirm={setConfirm} />
        {preview.error !== null && !isEmpty && <Failure what="read what it is for" error={preview.error} />}
        {save.error !== null && !(save.error instanceof ApiError && save.error.status === 409) && (
          <Failure what="save this exception" error={save.error} />
        )}
        <div className="row">
          <Button type="submit" disabled={!isReady} loading={save.isPending}>
            {isAnew ? 'Except' : 'Save'}
          </Button>
          <Button component={Link} to="/suppressions" variant="default">
            Cancel
          </Button>
        </div>
      </section>
      <Excepted preview={preview.data} isEmpty={isEmpty} />
    </form>
  );
}

function Excepted({
  preview,
  isEmpty,
}: {
  readonly preview: ExceptionPreviewJson | undefined;
  readonly isEmpty: boolean;
}): ReactElement {
  return (
    <section className="panel stack tight" aria-live="polite">
      <h2>What it excepts now</h2>
      {isEmpty || preview === undefined ? (
        <p className="dim">
          {isEmpty
            ? 'Say what it is for to see which failing verdicts it takes out.'
            : 'Not known while what it is for cannot be read.'}
        </p>
      ) : preview.total === 0 ? (
        <p className="dim">Nothing that fails now. It would except what fails later.</p>
      ) : (
        <>
          <p>{counted(preview.total, 'failing verdict')}</p>
          <ul className="told-list">
            {preview.verdicts.slice(0, shownVerdicts).map(({ controlId, control, object }) => (
              <li
                key={`${controlId} ${object.group}/${object.kind}/${object.namespace}/${object.name}`}
                style={{ gridTemplateColumns: '4.5rem minmax(0, 1fr)' }}
              >
                <Link to={`/controls/${controlId}`} className="mono small">
                  {controlId}
                </Link>
                <span className="stack" style={{ gap: 0 }}>
                  <span className="wrap">{objectName(object)}</span>
                  <span className="small dim clip">{control}</span>
                </span>
              </li>
            ))}
          </ul>
          {preview.total > shownVerdicts && (
            <p className="dim small">… and {preview.total - shownVerdicts} more</p>
          )}
        </>
      )}
    </section>
  );
}

/** The scope once the typing pauses. */
function useSettledScope(scope: ExceptionScope): ExceptionScope {
  return JSON.parse(useSettled(JSON.stringify(scope))) as ExceptionScope;
}

function saysNothing({ labels = {}, ...fields }: ExceptionScopeJson): boolean {
  return Object.keys(labels).length === 0 && Object.values(fields).every((value) => value === '');
}

function labelsText(labels: Readonly<Record<string, string>> = {}): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function readLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part.includes('='))
      .map((part): [string, string] => [
        part.slice(0, part.indexOf('=')).trim(),
        part.slice(part.indexOf('=') + 1).trim(),
      ]),
  );
}
