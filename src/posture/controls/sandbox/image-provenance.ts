import { isFloating, isFromAllowed, tagOf } from '../../checks/images.ts';
import { sandboxImageCheck } from '../../checks/sandbox.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const imageProvenance = defineControl({
  id: 'C-0304',
  name: 'Agent Sandbox image provenance',
  baseScore: 7,
  category: 'Workload',
  why: 'What an agent’s sandbox starts with should be known: from a registry that you trust, and the same tomorrow as today.',
  fix: 'Take images from registries of the input `imageRepositoryAllowList`, and name a version or a digest. Further moving tags are named by the input `floatingImageTags`.',

  checks: [
    sandboxImageCheck('agent-sandbox-image-registry-allowlist', (image, { inputs }) =>
      isFromAllowed(image.includes('/') ? image : `docker.io/${image}`, inputs)
        ? undefined
        : 'is from no registry that the input imageRepositoryAllowList names',
    ),
    sandboxImageCheck('agent-sandbox-image-tag-provenance', (image, context) => {
      const tag = tagOf(image);
      const isMoving = tag === '' || tag === 'latest' || isFloating(image, context);
      return isMoving ? 'may be another one tomorrow' : undefined;
    }),
  ],

  examples: {
    inputs: { imageRepositoryAllowList: ['registry.example.com'] },
    pass: [
      yaml`
        apiVersion: extensions.agents.x-k8s.io/v1alpha1
        kind: SandboxTemplate
        metadata: { name: python, namespace: agents }
        spec: { podTemplate: { spec: { containers: [{ name: agent, image: registry.example.com/python:3.12 }] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: extensions.agents.x-k8s.io/v1alpha1
          kind: SandboxTemplate
          metadata: { name: python, namespace: agents }
          spec: { podTemplate: { spec: { containers: [{ name: agent, image: evil.example.net/python:3.12 }] } } }
        `,
        paths: ['spec.podTemplate.spec.containers[0].image'],
      },
      {
        yaml: yaml`
          apiVersion: extensions.agents.x-k8s.io/v1alpha1
          kind: SandboxTemplate
          metadata: { name: python, namespace: agents }
          spec: { podTemplate: { spec: { containers: [{ name: agent, image: registry.example.com/python }] } } }
        `,
        paths: ['spec.podTemplate.spec.containers[0].image'],
      },
    ],
  },
});
