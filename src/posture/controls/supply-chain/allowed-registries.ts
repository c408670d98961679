import { imageCheck, isFromAllowed, normalizedImage } from '../../checks/images.ts';
import { type ControlInputs, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const allowedRegistries = defineControl({
  id: 'C-0078',
  name: 'Images from allowed registry',
  baseScore: 5,
  category: 'Workload',
  why: 'When images may come from anywhere, one mistyped name is enough to run a stranger’s program in the cluster.',
  fix: 'List the registries that you use in the input `imageRepositoryAllowList`, and take images from there only. Nothing is allowed while that list is empty.',

  checks: [
    imageCheck({
      rule: 'container-image-repository',
      problemOf: (image, { inputs }) =>
        notAllowed(image.includes('/') ? image : `docker.io/${image}`, inputs),
    }),
    imageCheck({
      rule: 'container-image-repository-v1',
      problemOf: (image, { inputs }) => notAllowed(normalizedImage(image), inputs),
    }),
  ],

  examples: {
    inputs: { imageRepositoryAllowList: ['registry.example.com'] },
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
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['spec.containers[0].image'],
      },
    ],
  },
});

function notAllowed(image: string, inputs: ControlInputs): string | undefined {
  return isFromAllowed(image, inputs)
    ? undefined
    : 'is from no registry that the input imageRepositoryAllowList names';
}
