/** Headers that remote write and read set themselves. */
const reserved = new Set([
  'content-encoding',
  'content-length',
  'content-type',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'www-authenticate',
  'accept-encoding',
  'x-prometheus-remote-write-version',
  'x-prometheus-remote-read-version',
]);

/** The first header that may not be set, and why; undefined when all may. */
export function headerProblem(
  headers: Readonly<Record<string, string>>,
): { readonly path: readonly string[]; readonly problem: string } | undefined {
  for (const name of Object.keys(headers)) {
    const low = name.toLowerCase();
    if (low === 'authorization') {
      const ways = 'basic_auth, authorization, oauth2, sigv4, azuread or google_iam';
      return { path: ['headers', name], problem: `the authorization header must be changed via ${ways}` };
    }
    if (reserved.has(low)) {
      return { path: ['headers', name], problem: `${low} is a reserved header; it must not be changed` };
    }
  }
  return undefined;
}
