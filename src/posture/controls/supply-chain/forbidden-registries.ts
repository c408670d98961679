import { imageCheck, normalizedImage } from '../../checks/images.ts';
import { type ControlInputs, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const forbiddenRegistries = defineControl({
  id: 'C-0001',
  name: 'Forbidden Container Registries',
  baseScore: 7,
  category: 'Workload',
  why: 'An image is a program that somebody else wrote; from a registry that nobody answers for it may be anything, and may be something else tomorrow.',
  fix: 'Copy the image to a registry of your own, or pick one that you trust. Which registries are forbidden is set by the inputs `publicRegistries` and `untrustedRegistries`.',

  checks: [
    imageCheck({
      rule: 'rule-identify-blocklisted-image-registries',
      problemOf: (image, { inputs }) => forbidden(image, inputs),
    }),
    imageCheck({
      rule: 'rule-identify-blocklisted-image-registries-v1',
      problemOf: (image, { inputs }) => forbidden(normalizedImage(image), inputs),
    }),
  ],

  examples: {
    inputs: { untrustedRegistries: ['bad.example.net'] },
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, image: registry.example.com/shop/web:1.4 }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: bad.example.net/web }] }
        `,
        paths: ['spec.containers[0].image'],
      },
    ],
  },
});

function forbidden(image: string, inputs: ControlInputs): string | undefined {
  const from = [...(inputs['untrustedRegistries'] ?? []), ...(inputs['publicRegistries'] ?? [])].find(
    (registry) => image.startsWith(registry),
  );
  return from === undefined ? undefined : `is from ${from}, which the inputs forbid`;
}
