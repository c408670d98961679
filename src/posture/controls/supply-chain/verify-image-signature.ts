import { signatureCheck } from '../../checks/signatures.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const verifyImageSignature = defineControl({
  id: 'C-0236',
  name: 'Verify image signature',
  baseScore: 7,
  category: 'Workload',
  why: 'Only a signature tells whether an image is the one that your build made, or one that somebody else pushed in its place.',
  fix: 'Sign images with cosign when they are built, name the public keys in the input `trustedCosignPublicKeys`, and have admission refuse what they do not verify.',

  checks: [
    signatureCheck({
      rule: 'verify-image-signature',
      isWrong: ({ keys }, { inputs }) =>
        !(inputs['trustedCosignPublicKeys'] ?? []).some((key) => keys.includes(key)),
      means: 'is signed by no key that is trusted',
    }),
  ],

  examples: {
    inputs: { trustedCosignPublicKeys: ['release'] },
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
          data: { signed: true, keys: [] }
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
