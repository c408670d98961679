/** What a registry asks for with status 401. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string; readonly scope: string };

/**
 * Reads a `WWW-Authenticate` header; of several challenges the first that is understood.
 *
 * Source: https://distribution.github.io/distribution/spec/auth/token/, RFC 9110, 11.6.1
 */
export function readChallenge(header: string): Challenge | undefined {
  const schemes = [...header.matchAll(/(?:^|,)\s*(bearer|basic)(?=\s|,|$)/gi)];
  for (const [i, match] of schemes.entries()) {
    if (match[1]?.toLowerCase() === 'basic') return { scheme: 'basic' };
    const text = header.slice(match.index + match[0].length, schemes[i + 1]?.index);
    const parameters = new Map(
      [...text.matchAll(/(?<![a-z_])([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi)].map(
        ([, name = '', quoted, plain]) => [
          name.toLowerCase(),
          quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
        ],
      ),
    );
    const realm = parameters.get('realm') ?? '';
    if (realm !== '')
      return {
        scheme: 'bearer',
        realm,
        service: parameters.get('service') ?? '',
        scope: parameters.get('scope') ?? '',
      };
  }
  return undefined;
}
