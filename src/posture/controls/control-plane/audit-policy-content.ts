import { hostGap } from '../../../model/host.ts';
import type { KubeObject } from '../../../model/object.ts';
import { dig } from '../../cloud.ts';
import { defineControl } from '../../control.ts';
import { decodedText, mappingOf } from '../../embedded.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const auditPolicyContent = defineControl({
  id: 'C-0161',
  name: 'Ensure that the audit policy covers key security concerns',
  baseScore: 5,
  category: 'Control plane',
  why: 'An audit policy that leaves out secrets, pods or exec sessions is silent on just what an intruder does; one that logs secrets whole leaks them.',
  fix: 'Give the audit policy rules for secrets, configmaps and tokenreviews at level Metadata, and for pods, deployments and the exec, portforward and proxy subresources at any level but None.',

  checks: [
    {
      rule: 'audit-policy-content',
      kinds: ['ControlPlaneInfo'],
      needs: ['ControlPlaneInfo'],
      applies: (info) =>
        typeof dig(info['data'], 'APIServerInfo', 'cmdLine') === 'string' ||
        hostGap(info, 'APIServerInfo.cmdLine') !== undefined,
      unreadable(info) {
        if (typeof dig(info['data'], 'APIServerInfo', 'cmdLine') !== 'string')
          return hostGap(info, 'APIServerInfo.cmdLine');
        if (!isAudited(info) || policyOf(info) !== undefined) return undefined;
        return (
          hostGap(info, 'APIServerInfo.auditPolicyFile.content') ??
          'data.APIServerInfo.auditPolicyFile.content is not reported, or is no audit policy'
        );
      },
      judge(info) {
        const { apiVersion, kind, metadata } = info;
        if (!isAudited(info)) {
          const data = dig(info['data'], 'APIServerInfo', 'cmdLine');
          return [
            {
              message: 'the API server writes no audit log: it has no --audit-policy-file',
              failedPaths: [],
              fixPaths: [],
              shown: [{ path: 'data.APIServerInfo.cmdLine' }],
              external: { apiVersion, kind, metadata, data },
            },
          ];
        }
        const policy = policyOf(info);
        if (policy === undefined) return [];
        const gaps = Object.keys(wanted).filter((resource) => !isCovered(policy.rules, resource));
        if (gaps.length === 0) return [];
        const name = `${metadata.name} - Audit policy file`;
        return [
          {
            message: `the audit policy has no rule, or one of the wrong level, for ${gaps.join(', ')}`,
            failedPaths: [],
            fixPaths: [],
            shown: [{ path: 'data.APIServerInfo.auditPolicyFile' }],
            external: { ...policy.file, metadata: { name } },
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          APIServerInfo:
            cmdLine: kube-apiserver --audit-policy-file=/etc/kubernetes/audit.yaml
            auditPolicyFile:
              # rules: [{ level: Metadata, resources: [{ resources: [secrets, configmaps, tokenreviews, pods, …] }] }]
              content: cnVsZXM6IFt7IGxldmVsOiBNZXRhZGF0YSwgcmVzb3VyY2VzOiBbeyByZXNvdXJjZXM6IFtzZWNyZXRzLCBjb25maWdtYXBzLCB0b2tlbnJldmlld3MsIHBvZHMsIGRlcGxveW1lbnRzLCBwb2RzL2V4ZWMsIHBvZHMvcG9ydGZvcndhcmQsIHBvZHMvcHJveHksIHNlcnZpY2VzL3Byb3h5XSB9XSB9XQo=
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data:
            APIServerInfo:
              cmdLine: kube-apiserver --audit-policy-file=/etc/kubernetes/audit.yaml
              auditPolicyFile:
                # rules: [{ level: Metadata, resources: [{ resources: [secrets] }] }]
                content: cnVsZXM6IFt7IGxldmVsOiBNZXRhZGF0YSwgcmVzb3VyY2VzOiBbeyByZXNvdXJjZXM6IFtzZWNyZXRzXSB9XSB9XQo=
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data: { APIServerInfo: { cmdLine: kube-apiserver --secure-port=6443 } }
        `,
        paths: [],
      },
    ],
  },
});

/** Secrets and their like may be logged by name, but not with what is in them; the others have to be logged somehow. */
const wanted: Readonly<Record<string, (level: unknown) => boolean>> = {
  secrets: isMetadata,
  configmaps: isMetadata,
  tokenreviews: isMetadata,
  pods: isLogged,
  deployments: isLogged,
  'pods/exec': isLogged,
  'pods/portforward': isLogged,
  'pods/proxy': isLogged,
  'services/proxy': isLogged,
};

function isMetadata(level: unknown): boolean {
  return level === 'Metadata';
}

function isLogged(level: unknown): boolean {
  return level !== 'None';
}

/** Every rule that names the resource has to have a fitting level; the first that matches a request counts, and any may. */
function isCovered(rules: readonly object[], resource: string): boolean {
  const levels = rules.filter((rule) => names(rule, resource)).map((rule) => dig(rule, 'level'));
  return levels.length > 0 && levels.every((level) => wanted[resource]?.(level));
}

function names(rule: object, resource: string): boolean {
  return itemsOf(dig(rule, 'resources') as readonly object[] | undefined).some(({ item }) => {
    const resources = dig(item, 'resources');
    return Array.isArray(resources) && resources.includes(resource);
  });
}

function isAudited(info: KubeObject): boolean {
  const line = dig(info['data'], 'APIServerInfo', 'cmdLine');
  return typeof line === 'string' && /(?:^|\s)--audit-policy-file(?:[=\s]|$)/.test(line);
}

function policyOf(info: KubeObject): { file: object; rules: readonly object[] } | undefined {
  const text = decodedText(dig(info['data'], 'APIServerInfo', 'auditPolicyFile', 'content'));
  const file = text === undefined ? undefined : mappingOf(text);
  if (file === undefined || !Array.isArray(file['rules'])) return undefined;
  return { file, rules: itemsOf(file['rules'] as readonly object[]).map(({ item }) => item) };
}
