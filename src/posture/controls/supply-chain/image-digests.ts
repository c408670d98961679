import { imageCheck } from '../../checks/images.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { everyContainer } from '../../pod-spec.ts';

export const imageDigests = defineControl({
  id: 'C-0306',
  name: 'Images not pinned to digest',
  baseScore: 3,
  category: 'Workload',
  why: 'A tag can be moved to another image at any time, by its owner or by a thief of the registry’s password; a digest cannot.',
  fix: 'Write the digest after the image, `name:tag@sha256:…`. Repositories that need none are named by the input `imageDigestExemptRepositories`.',

  checks: [
    imageCheck({
      rule: 'image-not-pinned-to-digest',
      lists: everyContainer,
      problemOf: (image, { inputs }) => {
        if (isPinned(image) || isExempt(image, inputs['imageDigestExemptRepositories'])) return undefined;
        return 'is not pinned to a digest';
      },
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, image: "registry.example.com/web:1.4@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: registry.example.com/web:1.4 }] }
        `,
        paths: ['spec.containers[0].image'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web }], initContainers: [{ name: setup, image: busybox }] }
        `,
        paths: ['spec.initContainers[0].image'],
      },
    ],
  },
});

/** Digests of the usual algorithms have a length; others are taken as they are. */
function isPinned(image: string): boolean {
  const [, algorithm = '', encoded = ''] =
    /@([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/.exec(image) ?? [];
  const length = lengths[algorithm];
  return length === undefined ? encoded !== '' : encoded.length === length && /^[a-f0-9]+$/.test(encoded);
}

/** Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms */
const lengths: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

function isExempt(image: string, repositories: readonly string[] = []): boolean {
  return repositories.some(
    (repository) => image.startsWith(repository) && /^(?:$|[/:@])/.test(image.slice(repository.length)),
  );
}
