import { Buffer } from 'node:buffer';
import { AwsCredentialSource, domainOf } from '../../../http/aws/credentials.ts';
import { signV4 } from '../../../http/aws/sign-v4.ts';
import type { HttpClient } from '../../../http/client.ts';
import { UnavailableError } from '../../../kit/app-error.ts';
import type { Clock } from '../../../kit/clock.ts';
import { Secret } from '../../../kit/secret.ts';
import type { FoundLogin } from '../credentials.ts';
import type { CloudLogin } from './cloud-login.ts';

const form = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

export interface EcrOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Logins of Amazon's registry, by the credentials that AWS's own programs would use (environment, service account, files, agent).
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export function ecrLogin({ client, clock, env = process.env }: EcrOptions): CloudLogin {
  return async (registry, signal) => {
    const [, account, region] = form.exec(registry) ?? [];
    if (account === undefined || region === undefined)
      throw new UnavailableError(
        `${registry} is not named as Amazon's registries are, and \`login: ecr\` is for those`,
      );
    const credentials = await new AwsCredentialSource(
      { region },
      { client, env, now: () => clock.now() },
    ).get(signal);
    const url = env['AWS_ENDPOINT_URL_ECR'] ?? `https://api.ecr.${region}.${domainOf(region)}/`;
    const body = JSON.stringify({ registryIds: [account] });
    const contentType = 'application/x-amz-json-1.1';
    const headers = signV4(
      {
        method: 'POST',
        url,
        body,
        headers: {
          'content-type': contentType,
          'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
        },
      },
      credentials,
      { region, service: 'ecr', atMs: clock.now() },
    );
    const reply = await client.post({ url, body, contentType, headers }, signal);
    const [first] = reply.status === 200 ? tokensOf(reply.body) : [];
    const [username, password] = splitOnce(
      Buffer.from(first?.authorizationToken ?? '', 'base64').toString('utf8'),
    );
    if (first === undefined || password === '')
      throw new UnavailableError(`ECR gave no login for ${registry}: it answered ${reply.status}`);
    return {
      login: { kind: 'password', username, password: new Secret(password) },
      origin: 'ecr',
      untilMs: (first.expiresAt ?? 0) * 1000,
    } satisfies FoundLogin & { untilMs: number };
  };
}

function tokensOf(
  body: string,
): readonly { readonly authorizationToken?: string; readonly expiresAt?: number }[] {
  try {
    const { authorizationData } = JSON.parse(body) as { authorizationData?: unknown };
    return Array.isArray(authorizationData) ? authorizationData : [];
  } catch {
    return [];
  }
}

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
