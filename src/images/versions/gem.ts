import {
  compareDigits,
  compareTexts,
  isDigits,
  UnsupportedVersionError,
  type VersionScheme,
} from './scheme.ts';

/** What a built gem says of its platform, after its version. */
const platform =
  /-(?:x86|x64|x86_64|i[3-6]86|arm|arm64|aarch64|armv\d\w*|ppc|powerpc|s390x?|universal|java|jruby|mswin|mswin\d*|mingw|mingw\d*|linux|darwin|freebsd|dalvik|truffleruby)(?:[-_.].*)?$/i;

/** One way to read each text: dashes belong to the part that they stand in, so that no text takes long. */
const form = /^[0-9A-Za-z]*(?:[.-][0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * RubyGems': segments of digits or letters; letters make a pre-release.
 *
 * Source: https://guides.rubygems.org/specification-reference/ and Gem::Version's documentation
 */
export const gem: VersionScheme = {
  name: 'gem',
  orderOfBound: () => '',
  compare(left, right) {
    const [a, b] = [parsed(left), parsed(right)];
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const order = compareSegments(a[i] ?? '0', b[i] ?? '0');
      if (order !== 0) return order;
    }
    return 0;
  },
};

/** A dash begins a pre-release; zeros at the end of the numbers, and of the rest, do not count. */
function parsed(text: string): readonly string[] {
  const version = text.trim().replace(platform, '');
  if (!form.test(version)) throw new UnsupportedVersionError('gem', text);
  const segments = version.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? ['0'];
  const at = segments.findIndex((segment) => !isDigits(segment));
  const numbers = at < 0 ? segments : segments.slice(0, at);
  return [...withoutZeros(numbers), ...withoutZeros(at < 0 ? [] : segments.slice(at))];
}

function withoutZeros(segments: readonly string[]): readonly string[] {
  let end = segments.length;
  while (end > 0 && /^0+$/.test(segments[end - 1] ?? '')) end--;
  return segments.slice(0, end);
}

/** Letters come before numbers. */
function compareSegments(left: string, right: string): number {
  const [isLeft, isRight] = [isDigits(left), isDigits(right)];
  if (isLeft !== isRight) return isLeft ? 1 : -1;
  return isLeft ? compareDigits(left, right) : compareTexts(left, right);
}
