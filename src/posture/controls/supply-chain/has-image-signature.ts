import { signatureCheck } from '../../checks/signatures.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const hasImageSignature = defineControl({
  id: 'C-0237',
  name: 'Check if signature exists',
  baseScore: 7,
  category: 'Workload',
  why: 'An image that nobody signed cannot be told from one that somebody put in its place on the way.',
  fix: 'Sign images with cosign when they are built, and push the signatures beside them.',

  checks: [
    signatureCheck({
      rule: 'has-image-signature',
      isWrong: ({ signed }) => !signed,
      means: 'is not signed',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: skopos.dev/v1
        kind: ImageSignatures
        metadata: { name: registry.example.com/web:1.4 }
        data: { signed: true, keys: [release] }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, image: registry.example.com/web:1.4 }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: skopos.dev/v1
          kind: ImageSignatures
          metadata: { name: registry.example.com/web:1.4 }
          data: { signed: false }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: registry.example.com/web:1.4 }] }
        `,
        paths: ['spec.containers[0].image'],
      },
    ],
  },
});
