import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check, CheckContext } from '../control.ts';
import { containersOf, textsOf, workloadKinds } from '../pod-spec.ts';

/** What is known of an image’s cosign signatures: an object of kind `ImageSignatures`, named after the image. */
export interface Signatures {
  readonly signed: boolean;
  /** The trusted public keys that verify one of them, as the input `trustedCosignPublicKeys` has them. */
  readonly keys: readonly string[];
}

/** A check of the signatures of the images that a workload runs; unknown where nothing is known of them. */
export function signatureCheck(options: {
  readonly rule: string;
  isWrong(signatures: Signatures, context: CheckContext): boolean;
  readonly means: string;
}): Check {
  return {
    rule: options.rule,
    kinds: workloadKinds,
    needs: ['ImageSignatures'],
    judge(object, context) {
      return containersOf(object).flatMap(({ container: { image }, path, label }): Breach[] => {
        if (typeof image !== 'string' || image === '') return [];
        const facts = context.view.get('ImageSignatures', '', image);
        if (facts === undefined) {
          return [{ message: `nothing is known of the signatures of ${image}`, unknown: true }];
        }
        if (!options.isWrong(signaturesOf(facts), context)) return [];
        const places = [`${path}.image`];
        const message = `${label}: the image ${image} ${options.means}`;
        return [{ message, reviewPaths: places, failedPaths: places, fixPaths: [] }];
      });
    },
  };
}

function signaturesOf(facts: KubeObject): Signatures {
  const data = facts['data'] as { signed?: unknown; keys?: unknown } | null | undefined;
  return { signed: data?.signed === true, keys: textsOf(data?.keys).map(({ text }) => text) };
}
