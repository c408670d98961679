import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const hostPidAndIpc = defineControl({
  id: 'C-0038',
  name: 'Host PID/IPC privileges',
  baseScore: 7,
  category: 'Workload',
  why: 'A pod among the node’s processes can read their environment and files and signal them; one in its IPC namespace can read their shared memory. Both lead out of the container.',
  fix: 'Take `hostPID` and `hostIPC` out. Where a node agent needs one, except the workload and name the reason.',

  checks: [
    {
      rule: 'host-pid-ipc-privileges',
      kinds: workloadKinds,
      judge(object) {
        const pod = podOf(object);
        return (['hostPID', 'hostIPC'] as const).flatMap((field) => {
          if (pod?.spec[field] !== true) return [];
          const places = [`${pod.path}.${field}`];
          const message = `the pod shares the ${field === 'hostPID' ? 'processes' : 'IPC namespace'} of its node`;
          return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
        });
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec: { hostPID: false, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: DaemonSet
          metadata: { name: agent }
          spec: { template: { spec: { hostPID: true, hostIPC: true, containers: [{ name: agent }] } } }
        `,
        paths: ['spec.template.spec.hostPID', 'spec.template.spec.hostIPC'],
      },
    ],
  },
});
