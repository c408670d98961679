import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** '' where there is none. */
  readonly sessionToken: string;
}

export interface AwsRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | Uint8Array;
  /** Headers that are signed besides `host` and `x-amz-date`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface AwsScope {
  readonly region: string;
  readonly service: string;
  readonly atMs: number;
}

/**
 * Signature version 4: the headers that the request must be sent with, those given included.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signV4(
  { method, url, body, headers }: AwsRequest,
  { accessKey, secretKey, sessionToken }: AwsCredentials,
  { region, service, atMs }: AwsScope,
): Record<string, string> {
  const { host, pathname, searchParams } = new URL(url);
  const time = new Date(atMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const sent: Record<string, string> = {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    'x-amz-date': time,
    ...(sessionToken === '' ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const signed: [string, string][] = Object.entries({ ...sent, host })
    .map(([name, value]): [string, string] => [name, value.trim().replace(/ +/g, ' ')])
    .sort(byName);
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    method,
    // Each part is escaped once more than in the address; only S3 does without.
    pathname
      .split('/')
      .map((part) => escapePart(part))
      .join('/'),
    [...searchParams]
      .map(([name, value]): [string, string] => [escapePart(name), escapePart(value)])
      .sort((a, b) => byName(a, b) || byName([a[1], ''], [b[1], '']))
      .map(([name, value]) => `${name}=${value}`)
      .join('&'),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Uint8Array>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretKey}`,
  );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** RFC 3986: everything but letters, digits and `-._~`. */
function escapePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
