import type { DoctorCheckJson, DoctorJson } from '../../../src/api/skopos/doctor-contract.ts';

const manifest = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: skopos-missing
rules:
  - apiGroups:
      - networking.k8s.io
    resources:
      - networkpolicies
    verbs:
      - list
      - watch
`;

const check = (
  id: string,
  title: string,
  state: DoctorCheckJson['state'],
  message: string,
  advice = '',
): DoctorCheckJson => ({ id, title, state, message, advice });

/** One of each state, and a permission check with many things to mend. */
export function makeDoctor(nowMs: number): DoctorJson {
  const resources = Array.from({ length: 40 }, (_, i) =>
    i === 0 ? 'networkpolicies.networking.k8s.io' : `resource-${i}.a-group-of-some-length.example.org`,
  );
  return {
    atMs: nowMs - 3000,
    state: 'fail',
    checks: [
      check('api-server', 'API server', 'ok', 'Kubernetes v1.35.0 at https://10.96.0.1:443'),
      check(
        'clock',
        'Clock',
        'warn',
        'ours is 5s behind the API server’s',
        'Set the clocks by NTP: tokens and certificates may be refused.',
      ),
      {
        ...check(
          'permissions',
          'Permissions',
          'fail',
          'system:serviceaccount:skopos:skopos may not do all that is needed: 40 of 61 resources are out of reach, and what rests on them is unknown',
          'Apply the manifest with kubectl, or take the controls that need it out of the configuration.',
        ),
        items: resources.map((name) => ({
          name,
          state: 'fail' as const,
          message: 'may not list and watch in all namespaces; concerned: C-0030, C-0049, C-0260',
        })),
        manifest,
      },
      check('store', 'Data folder', 'ok', '/var/lib/skopos can be written, 7,412 MiB free'),
      check(
        'receiver:sns',
        'Receiver sns',
        'unknown',
        'its address is known only when it sends',
        '`skopos drill --receiver sns` sends a marked message and shows whether it arrives.',
      ),
    ],
  };
}
