import type { VersionScheme } from './scheme.ts';
import { compareLoose, required } from './semver.ts';

/**
 * NuGet's: semantic versions of up to four numbers, whatever the case of letters.
 *
 * Source: https://learn.microsoft.com/nuget/concepts/package-versioning
 */
export const nuget: VersionScheme = {
  name: 'nuget',
  orderOfBound: () => '',
  compare: (left, right) =>
    compareLoose(required('nuget', left.toLowerCase()), required('nuget', right.toLowerCase())),
};
