import { Button, NumberInput, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { type FormEvent, type ReactElement, useState } from 'react';
import { useStartJob } from '../api/operator.ts';
import './registry-scans.css';

const blank = { name: '', newest: 1, include: '', exclude: '' };

/** Looks through a registry now; what is wrong with what was asked is said by the server, and stands below. */
export function RegistryScanForm(): ReactElement {
  const [fields, setFields] = useState(blank);
  const start = useStartJob();
  const text = (name: 'name' | 'include' | 'exclude', label: string, placeholder: string) => (
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
    const { name, newest, include, exclude } = fields;
    const registry = {
      registryName: name.trim(),
      depth: newest,
      ...(listOf(include).length === 0 ? {} : { include: listOf(include) }),
      ...(listOf(exclude).length === 0 ? {} : { exclude: listOf(exclude) }),
    };
    start.mutate({ kind: 'registry', registry }, { onSuccess: () => setFields(blank) });
  }
  return (
    <form className="stack tight" onSubmit={submit} aria-label="Scan a registry">
      <div className="registry-form">
        {text('name', 'Registry', 'registry.example:5000/team')}
        <NumberInput
          size="xs"
          label="Newest tags"
          min={1}
          max={100}
          allowDecimal={false}
          value={fields.newest}
          onChange={(value) => setFields({ ...fields, newest: Number(value) || 1 })}
        />
        {text('include', 'Only repositories', 'all, or team/*, shop')}
        {text('exclude', 'Except', 'none, or *-test')}
        <Button
          type="submit"
          size="xs"
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          loading={start.isPending}
          disabled={fields.name.trim() === ''}
        >
          Scan now
        </Button>
      </div>
      {start.error !== null && (
        <p className="small wrap" role="alert">
          Could not start it: {start.error.message}
        </p>
      )}
    </form>
  );
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
