import { NumberInput, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { type RegistryScope, scopeProblems } from './registry-scope.ts';

/** The fields that say what of a registry is looked at. What is wrong stands below its field, once that was left or all was tried. */
export function RegistryScopeFields({
  scope,
  onChange,
  isTried,
}: {
  readonly scope: RegistryScope;
  readonly onChange: (scope: RegistryScope) => void;
  /** Whether somebody has tried to send it. */
  readonly isTried: boolean;
}): ReactElement {
  const [left, setLeft] = useState<ReadonlySet<keyof RegistryScope>>(new Set());
  const problems = scopeProblems(scope);
  const shared = (name: keyof RegistryScope, label: string) => ({
    ...{ size: 'xs', label },
    onBlur: () => setLeft(new Set([...left, name])),
    error: isTried || (left.has(name) && scope[name] !== '') ? problems[name] : undefined,
  });
  const text = (name: Exclude<keyof RegistryScope, 'newest'>, label: string, placeholder: string) => (
    <TextInput
      {...shared(name, label)}
      placeholder={placeholder}
      value={scope[name]}
      onChange={(event) => onChange({ ...scope, [name]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {text('name', 'Registry', 'registry.example:5000/team')}
      <NumberInput
        {...shared('newest', 'Newest tags')}
        min={1}
        max={100}
        clampBehavior="none"
        value={scope.newest}
        onChange={(newest) => onChange({ ...scope, newest })}
      />
      {text('include', 'Only repositories', 'all, or team/*, shop')}
      {text('exclude', 'Except', 'none, or *-test')}
      {text('platforms', 'Platforms', 'those of the configuration')}
    </>
  );
}
