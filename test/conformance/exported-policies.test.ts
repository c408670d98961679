import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Control } from '../../src/posture/control.ts';
import { controls } from '../../src/posture/controls/index.generated.ts';
import { customControls } from '../../src/posture/custom/custom-controls.ts';
import { canExport, exportPolicy } from '../../src/posture/custom/export/export-policies.ts';
import { defaultInputs } from '../../src/posture/inputs.ts';
import { judge } from '../../src/posture/judge-once.ts';
import { workloadKinds } from '../../src/posture/pod-spec.ts';
import { casesIn, defaultPath } from './posture.ts';

describe.skipIf(!existsSync(defaultPath))('exported policies, over the objects of upstream cases', () => {
  const kinds: readonly string[] = workloadKinds;
  const objects = (existsSync(defaultPath) ? casesIn(defaultPath) : [])
    .flatMap(({ input }) => input)
    .filter(
      ({ kind, apiVersion, metadata }) =>
        kinds.includes(kind) && metadata !== undefined && /^(?:v1|apps\/v1|batch\/v1)$/.test(apiVersion),
    );
  const view = { get: () => undefined, list: () => [] };
  const states = (control: Control) =>
    objects.map((object) => {
      const engine = judge({ controls: [control], inputs: defaultInputs, objects: [object], view });
      const [verdict] = [...engine.verdicts({ states: ['pass', 'fail', 'unknown'] })];
      return verdict?.state;
    });

  it.each(controls.filter(canExport).map((control) => [control.id, control] as const))(
    'the policy of %s denies what the control fails',
    (_id, control) => {
      const [made] = customControls(exportPolicy(control, 'Deny') ?? []).controls;
      const [ours, theirs] = [states(control), states(made as Control)];
      const different = objects.flatMap(({ kind, metadata }, i) =>
        // What we cannot read is unknown here; the API server would not have taken it at all.
        ours[i] === 'unknown' || (ours[i] === 'fail') === (theirs[i] === 'fail')
          ? []
          : [`${kind} ${metadata.name}: ${ours[i]} and ${theirs[i]}`],
      );
      expect(different).toEqual([]);
    },
  );
});
