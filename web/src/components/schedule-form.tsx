import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import { useCreateSchedule } from '../api/operator.ts';
import type { NewScheduleJson } from '../api/types.ts';
import { commaList } from '../format/words.ts';
import { blankScope, type RegistryScope, registryOf, scopeProblems } from './registry-scope.ts';
import { RegistryScopeFields } from './registry-scope-fields.tsx';
import { Refusal } from './states.tsx';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const blank = {
  name: '',
  kind: 'posture',
  cron: '',
  timeZone: zone,
  namespaces: '',
  frameworks: '',
};

type Fields = typeof blank;

/** Makes a recurring scan; what is wrong with it is said by the server, and stands below. */
export function ScheduleForm({ keeper }: { readonly keeper: 'cronjobs' | 'built-in' }): ReactElement {
  const [fields, setFields] = useState<Fields>(blank);
  const [scope, setScope] = useState(blankScope);
  const [isTried, setTried] = useState(false);
  const create = useCreateSchedule();
  const field = (name: keyof Fields, label: string, placeholder: string) => (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      value={fields[name]}
      onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
    />
  );
  function submit(event: FormEvent): void {
    event.preventDefault();
    const isRight = fields.kind !== 'registry' || Object.keys(scopeProblems(scope)).length === 0;
    setTried(!isRight);
    if (!isRight) return;
    const onSuccess = () => {
      setFields(blank);
      setScope(blankScope);
    };
    create.mutate(wishOf(fields, scope), { onSuccess });
  }
  return (
    <form className="stack tight" onSubmit={submit}>
      <div className="schedule-form">
        <NativeSelect
          size="xs"
          label="Scan"
          value={fields.kind}
          onChange={(event) => setFields({ ...fields, kind: event.currentTarget.value })}
          data={[
            { value: 'posture', label: 'Configuration' },
            { value: 'images', label: 'Images in use' },
            { value: 'registry', label: 'A registry' },
          ]}
        />
        {field('name', 'Name', 'made up when empty')}
        {field('cron', 'When (cron)', '30 2 * * *, once a day when empty')}
        {field('timeZone', 'Time zone', 'UTC')}
        {fields.kind === 'registry' ? (
          <RegistryScopeFields scope={scope} onChange={setScope} isTried={isTried} />
        ) : (
          field('namespaces', 'Namespaces', 'all, or a comma list')
        )}
        {fields.kind === 'posture' && field('frameworks', 'Frameworks', 'all, or a comma list')}
        <Button type="submit" size="xs" loading={create.isPending}>
          Create
        </Button>
      </div>
      <p className="small dim">
        {keeper === 'cronjobs'
          ? 'It becomes a CronJob and a ConfigMap in the cluster.'
          : 'Skopos runs it itself while it is up; the last time that was missed is made up for.'}
      </p>
      <Refusal of="create it" error={create.error} />
    </form>
  );
}

function wishOf(
  { name, kind, cron, timeZone, namespaces, frameworks }: Fields,
  scope: RegistryScope,
): NewScheduleJson {
  const known = kind === 'images' || kind === 'registry' ? kind : 'posture';
  return {
    kind: known,
    timeZone: timeZone.trim(),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(cron.trim() === '' ? {} : { cron: cron.trim() }),
    ...(known === 'registry' ? { registry: registryOf(scope) } : {}),
    ...(known !== 'registry' && commaList(namespaces).length > 0
      ? { namespaces: commaList(namespaces) }
      : {}),
    ...(known === 'posture' && commaList(frameworks).length > 0 ? { frameworks: commaList(frameworks) } : {}),
  };
}
