import type { VersionScheme } from './scheme.ts';
import { compareLoose, required } from './semver.ts';

/** Bitnami's: semantic versions with a revision of the packaging, which says nothing of the software. */
export const bitnami: VersionScheme = {
  name: 'bitnami',
  compare: (left, right) => compareLoose(parsed(left), parsed(right)),
};

function parsed(text: string) {
  return required('bitnami', text.trim().replace(/-\d+$/, ''));
}
