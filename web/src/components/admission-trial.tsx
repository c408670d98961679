import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import { type AdmissionWhatIfJson, useAdmissionWhatIf } from '../api/admission.ts';
import { count, counted, objectName } from '../format/words.ts';
import { Segments } from './segments.tsx';
import { StateMark } from './severity.tsx';
import { Failure } from './states.tsx';

/** Policies to try: the one in force, and stricter ones by severity. */
const choices = [
  { value: '', label: 'As configured' },
  { value: 'critical', label: 'Critical' },
  { value: 'critical,high', label: 'High and up' },
  { value: 'critical,high,medium', label: 'Medium and up' },
  { value: 'critical,high,medium,low', label: 'Everything' },
];

/** What a policy would deny if everything that runs were created again. */
export function AdmissionTrial(): ReactElement {
  const [severities, setSeverities] = useState('critical,high');
  const trial = useAdmissionWhatIf();
  const run = (): void => {
    const rule = { name: 'trial', severities: severities.split(','), action: 'deny' };
    trial.mutate(severities === '' ? {} : { rules: [rule] });
  };
  return (
    <section className="panel stack" aria-label="What if">
      <h2>What a policy would deny of what runs now</h2>
      <p className="small dim">Denied would be what fails a control of these severities.</p>
      <div className="row wraps">
        <Segments label="Policy" choices={choices} value={severities} onChange={setSeverities} />
        <Button size="xs" onClick={run} loading={trial.isPending}>
          Try it
        </Button>
      </div>
      {trial.error !== null && <Failure what="try the policy" error={trial.error} />}
      {trial.data !== undefined && <Result result={trial.data} />}
    </section>
  );
}

const shown = 12;

function Result({ result }: { readonly result: AdmissionWhatIfJson }): ReactElement {
  const { objects, denied, warned, byControl, byNamespace, examples } = result;
  if (denied + warned === 0)
    return <p role="status">Nothing of {counted(objects, 'object')} would be denied or warned of.</p>;
  return (
    <div className="stack" role="status">
      <p>
        Of {counted(objects, 'object')}, <strong>{count(denied)}</strong> would be denied and {count(warned)}{' '}
        warned of.
      </p>
      <div className="stack tight">
        {byControl.slice(0, shown).map((one) => (
          <Tally
            key={one.controlId}
            {...one}
            name={<Link to={`/controls/${one.controlId}`}>{one.controlId}</Link>}
          />
        ))}
      </div>
      <div className="stack tight">
        {byNamespace.slice(0, shown).map((one) => (
          <Tally
            key={one.namespace}
            {...one}
            name={one.namespace === '' ? 'of no namespace' : one.namespace}
          />
        ))}
      </div>
      <div className="stack tight">
        {examples.slice(0, shown).map(({ object, outcome, controlIds }) => (
          <div
            className="row wraps small"
            key={`${object.group}/${object.kind}/${object.namespace}/${object.name}`}
          >
            <StateMark
              tone={outcome === 'denied' ? 'bad' : 'warn'}
              label={outcome === 'denied' ? 'Denied' : 'Warned'}
            />
            <span className="wrap">{objectName(object)}</span>
            <span className="dim wrap">{controlIds.join(', ')}</span>
          </div>
        ))}
        {denied + warned > shown && <p className="dim small">The first {shown} are shown.</p>}
      </div>
    </div>
  );
}

function Tally({
  name,
  denied,
  warned,
}: {
  readonly name: ReactElement | string;
  readonly denied: number;
  readonly warned: number;
}): ReactElement {
  return (
    <div className="row wraps small">
      <span className="wrap">{name}</span>
      <span className="dim">
        {count(denied)} denied, {count(warned)} warned
      </span>
    </div>
  );
}
