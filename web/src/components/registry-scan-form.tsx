import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { type FormEvent, type ReactElement, useState } from 'react';
import { useStartJob } from '../api/operator.ts';
import { blankScope, registryOf, scopeProblems } from './registry-scope.ts';
import { RegistryScopeFields } from './registry-scope-fields.tsx';
import { Refusal } from './states.tsx';
import './registry-scans.css';

/** Looks through a registry now. What the server refuses stands below. */
export function RegistryScanForm(): ReactElement {
  const [scope, setScope] = useState(blankScope);
  const [isTried, setTried] = useState(false);
  const start = useStartJob();
  function submit(event: FormEvent): void {
    event.preventDefault();
    const isRight = Object.keys(scopeProblems(scope)).length === 0;
    setTried(!isRight);
    if (isRight)
      start.mutate(
        { kind: 'registry', registry: registryOf(scope) },
        { onSuccess: () => setScope(blankScope) },
      );
  }
  return (
    <form className="stack tight" onSubmit={submit} aria-label="Scan a registry">
      <div className="registry-form">
        <RegistryScopeFields scope={scope} onChange={setScope} isTried={isTried} />
        <Button
          type="submit"
          size="xs"
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          loading={start.isPending}
        >
          Scan now
        </Button>
      </div>
      <Refusal of="start it" error={start.error} />
    </form>
  );
}
