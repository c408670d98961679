import { dig } from '../../cloud.ts';
import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { commandLineOnly, configOnly, dataOnly, kubeletFactsOf } from '../../kubelet.ts';

export const kubeletAnonymousAccess = defineControl({
  id: 'C-0069',
  name: 'Disable anonymous access to Kubelet service',
  baseScore: 10,
  category: 'Control plane',
  why: 'A kubelet that answers without asking who calls lets anyone who reaches its port read pods, logs and secrets of the node and run commands in its containers.',
  fix: 'Set `authentication.anonymous.enabled: false` in the kubelet’s configuration file, or start it with `--anonymous-auth=false`, and restart it.',

  checks: [
    {
      rule: 'anonymous-requests-to-kubelet-service-updated',
      kinds: ['KubeletInfo'],
      needs: ['KubeletInfo'],
      judge(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined) return [];
        const { commandLine, configText, config } = facts;
        const { metadata } = object;
        const onFlag: Breach = {
          ...anonymous,
          external: { ...(commandLineOnly(object, commandLine) as object), metadata },
        };
        const flag = /--anonymous-auth(?:=(\S+))?/.exec(commandLine);
        if (flag !== null) return flag[1] === undefined || flag[1] === 'true' ? [onFlag] : [];
        if (configText !== undefined && config !== undefined) {
          // The file's default is false, the flag's is true: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
          if (dig(config, 'authentication', 'anonymous', 'enabled') !== true) return [];
          return [
            {
              ...anonymous,
              reviewPaths: [field],
              failedPaths: [field],
              external: configOnly(object, configText),
            },
          ];
        }
        if (!commandLine.includes('--config')) return [onFlag];
        return [
          {
            message: 'the kubelet’s configuration file could not be read, so that anonymous access may be on',
            failedPaths: [],
            fixPaths: [],
            external: dataOnly(object),
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --anonymous-auth=false }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data:
            cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
            configFile: { content: YXV0aGVudGljYXRpb246CiAgYW5vbnltb3VzOgogICAgZW5hYmxlZDogdHJ1ZQo= }
        `,
        paths: ['authentication.anonymous.enabled'],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --anonymous-auth=true }
        `,
        paths: [],
      },
    ],
  },
});

const field = 'authentication.anonymous.enabled';

const anonymous: Breach = {
  message: 'the kubelet answers requests without authentication',
  failedPaths: [],
  fixPaths: [],
};
