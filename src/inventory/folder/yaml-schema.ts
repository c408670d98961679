import {
  boolYaml11Tag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  floatCoreTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
} from 'js-yaml';

/** What plain scalars may stand for, besides themselves. */
const implicitTags = [
  nullYaml11Tag,
  boolYaml11Tag,
  defineScalarTag('tag:yaml.org,2002:int', {
    implicit: true,
    implicitFirstChars: ['-', '+', ...'0123456789'],
    resolve: (source) => integerOf(source) ?? NOT_RESOLVED,
    identify: () => false,
  }),
  floatCoreTag,
];

/**
 * Reads scalars as kubectl does, so that a manifest means here what it means to the cluster: `yes`, `on` and `y` are
 * booleans, `012` and `0o12` are ten, `1_000` is a thousand, while `1:30` and dates stay text. Neither YAML 1.1 nor 1.2
 * as written: kubectl uses a fork of go-yaml 2.4.
 *
 * Source: https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
 */
export const kubectlSchema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  ...implicitTags,
  mergeTag,
  // Base64 stays as it is written: that is what the API has in `data`.
  defineScalarTag('tag:yaml.org,2002:binary', { resolve: (source) => source, identify: () => false }),
]);

/** No word that stands for something else than itself is longer: `false`. */
const longestWord = 5;

/** What a plain scalar without a tag stands for; not for `<<`. */
export function resolvePlain(source: string): unknown {
  if (source.length > longestWord && /^[A-Za-z_/]/.test(source)) return source;
  for (const tag of implicitTags) {
    if (tag.implicitFirstChars?.includes(source.charAt(0)) === false) continue;
    const value: unknown = tag.resolve(source, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return source;
}

const radixes: readonly (readonly [form: RegExp, radix: number])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, 16],
  [/^0[oO]([0-7]+)$/, 8],
  [/^0[bB]([01]+)$/, 2],
  [/^0([0-7]+)$/, 8],
  [/^(0|[1-9][0-9]*)$/, 10],
];

function integerOf(source: string): number | undefined {
  const plain = source.replaceAll('_', '');
  const negative = plain.startsWith('-');
  const digits = negative || plain.startsWith('+') ? plain.slice(1) : plain;
  for (const [form, radix] of radixes) {
    const found = form.exec(digits)?.[1];
    if (found === undefined) continue;
    const value = Number.parseInt(found, radix);
    return negative ? -value : value;
  }
  return undefined;
}
