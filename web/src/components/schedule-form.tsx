import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import { useCreateSchedule } from '../api/operator.ts';
import type { NewScheduleJson } from '../api/types.ts';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const blank = {
  name: '',
  kind: 'posture',
  cron: '',
  timeZone: zone,
  namespaces: '',
  frameworks: '',
  registry: '',
};

type Fields = typeof blank;

/** Makes a recurring scan; what is wrong with it is said by the server, and stands below. */
export function ScheduleForm({ keeper }: { readonly keeper: 'cronjobs' | 'built-in' }): ReactElement {
  const [fields, setFields] = useState<Fields>(blank);
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
    create.mutate(wishOf(fields), { onSuccess: () => setFields(blank) });
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
        {fields.kind === 'registry'
          ? field('registry', 'Registry', 'registry.example:5000/team')
          : field('namespaces', 'Namespaces', 'all, or a comma list')}
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
      {create.error !== null && (
        <p className="small wrap" role="alert">
          Could not create it: {create.error.message}
        </p>
      )}
    </form>
  );
}

function wishOf({ name, kind, cron, timeZone, namespaces, frameworks, registry }: Fields): NewScheduleJson {
  const list = (text: string) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  const known = kind === 'images' || kind === 'registry' ? kind : 'posture';
  return {
    kind: known,
    timeZone: timeZone.trim(),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(cron.trim() === '' ? {} : { cron: cron.trim() }),
    ...(known === 'registry' ? { registry: { registryName: registry.trim() } } : {}),
    ...(known !== 'registry' && list(namespaces).length > 0 ? { namespaces: list(namespaces) } : {}),
    ...(known === 'posture' && list(frameworks).length > 0 ? { frameworks: list(frameworks) } : {}),
  };
}
