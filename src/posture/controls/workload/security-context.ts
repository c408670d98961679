import { securityContextChecks } from '../../checks/security-context.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { allowPrivilegeEscalation } from './allow-privilege-escalation.ts';
import { immutableFilesystem } from './immutable-filesystem.ts';
import { nonRootContainers } from './non-root-containers.ts';
import { privilegedContainer } from './privileged-container.ts';

export const securityContext = defineControl({
  id: 'C-0211',
  name: 'Apply Security Context to Your Pods and Containers',
  baseScore: 8,
  category: 'Workload',
  why: 'The security context is what holds a container: who it is, what it may write, which system calls and capabilities it has. What it leaves open an intruder uses.',
  fix: 'Set the fields that the evidence names; the Pod Security Standard `restricted` is a good measure for most of them.',

  checks: [
    ...privilegedContainer.checks,
    ...immutableFilesystem.checks,
    ...nonRootContainers.checks,
    ...allowPrivilegeEscalation.checks,
    ...securityContextChecks,
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec:
          securityContext:
            runAsNonRoot: true
            runAsGroup: 1000
            fsGroup: 1000
            fsGroupChangePolicy: OnRootMismatch
            seLinuxOptions: { level: "s0:c123,c456" }
            seccompProfile: { type: RuntimeDefault }
          containers:
            - name: web
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: { drop: [ALL] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            securityContext:
              runAsUser: 0
              supplementalGroups: [0]
              sysctls: [{ name: kernel.msgmax, value: "65536" }]
            containers: [{ name: web, securityContext: { privileged: true } }]
        `,
        paths: [
          'spec.containers[0].securityContext.privileged',
          'spec.containers[0].securityContext.readOnlyRootFilesystem',
          'spec.securityContext.runAsUser',
          'spec.containers[0].securityContext.runAsGroup',
          'spec.containers[0].securityContext.allowPrivilegeEscalation',
          'spec.containers[0].securityContext.capabilities.drop[0]',
          'spec.containers[0].securityContext.seLinuxOptions',
          'spec.containers[0].securityContext.seccompProfile',
          'spec.securityContext.fsGroup',
          'spec.securityContext.fsGroupChangePolicy',
          'spec.securityContext.sysctls',
          'spec.securityContext.supplementalGroups',
        ],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            os: { name: windows }
            containers: [{ name: web, securityContext: { windowsOptions: { hostProcess: true } } }]
        `,
        paths: [
          'spec.containers[0].securityContext.readOnlyRootFilesystem',
          'spec.containers[0].securityContext.runAsNonRoot',
          'spec.containers[0].securityContext.runAsGroup',
          'spec.containers[0].securityContext.allowPrivilegeEscalation',
          'spec.containers[0].securityContext.privileged',
          'spec.containers[0].securityContext.capabilities.drop[0]',
          'spec.containers[0].securityContext.seLinuxOptions',
          'spec.containers[0].securityContext.seccompProfile',
          'spec.securityContext.fsGroup',
          'spec.securityContext.fsGroupChangePolicy',
          'spec.containers[0].securityContext.windowsOptions.gmsaCredentialSpecName',
          'spec.containers[0].securityContext.windowsOptions.hostProcess',
          'spec.containers[0].securityContext.windowsOptions.runAsUserName',
        ],
      },
    ],
  },
});
