import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../model/object.ts';
import type { Control } from '../../control.ts';
import { controls } from '../../controls/index.generated.ts';
import { defaultInputs } from '../../inputs.ts';
import { judge } from '../../judge-once.ts';
import { workloadKinds } from '../../pod-spec.ts';
import { customControls } from '../custom-controls.ts';
import { canExport, exportPolicy } from './export-policies.ts';
import { exportedValidations } from './expressions.ts';

const exported = controls.filter(canExport);

/** The policy as our own engine reads it. */
function asControl(control: Control): Control {
  const { controls: made, problems } = customControls(exportPolicy(control, 'Deny') ?? []);
  expect(problems.map(({ message }) => message)).toEqual([]);
  return made[0] as Control;
}

function failing(control: Control, objects: readonly KubeObject[]): string[] {
  const view = { get: () => undefined, list: () => [] };
  return [
    ...judge({ controls: [control], inputs: defaultInputs, objects, view }).verdicts({ states: ['fail'] }),
  ].map(({ object }) => object.name);
}

function objectsIn(text: string): KubeObject[] {
  return parseAllDocuments(text).map((doc) => doc.toJS() as KubeObject);
}

it('has a policy for each control that it can say, and for no other', () => {
  expect(exported.map(({ id }) => id).sort()).toEqual(Object.keys(exportedValidations).sort());
  const other = controls.find(({ id }) => id === 'C-0030') as Control;
  expect(exportPolicy(other, 'Deny')).toBeUndefined();
});

describe.each(exported.map((control) => [control.id, control] as const))(
  'the policy of %s',
  (_id, control) => {
    const { pass, fail } = control.examples;

    it('says of the examples what the control says', () => {
      const policy = asControl(control);
      for (const text of [...pass, ...fail.map(({ yaml }) => yaml)]) {
        const objects = objectsIn(text);
        expect(failing(policy, objects), text).toEqual(failing(control, objects));
      }
    });

    it('says of the examples of all other controls what the control says', () => {
      const policy = asControl(control);
      const kinds: readonly string[] = workloadKinds;
      for (const other of controls) {
        for (const text of [...other.examples.pass, ...other.examples.fail.map(({ yaml }) => yaml)]) {
          const objects = objectsIn(text).filter(
            ({ kind, apiVersion }) => kinds.includes(kind) && !apiVersion.includes('.dev'),
          );
          for (const object of objects)
            expect(failing(policy, [object]), text).toEqual(failing(control, [object]));
        }
      }
    });
  },
);
