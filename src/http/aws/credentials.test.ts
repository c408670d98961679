import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startWebhookServer } from '../../../test/support/webhook-server.ts';
import { Secret } from '../../kit/secret.ts';
import { createHttpClient } from '../client.ts';
import { type AwsAccess, AwsCredentialSource } from './credentials.ts';

function source(access: AwsAccess, env: Record<string, string>, now?: () => number) {
  const client = createHttpClient();
  onTestFinished(() => client.close());
  const options = { client, env: { HOME: '/nope', ...env }, ...(now === undefined ? {} : { now }) };
  return new AwsCredentialSource({ region: 'eu-west-1', ...access }, options);
}

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'skopos-aws-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const signal = () => AbortSignal.timeout(5000);
const environment = {
  AWS_ACCESS_KEY_ID: 'envkey',
  AWS_SECRET_ACCESS_KEY: 'envsecret',
  AWS_SESSION_TOKEN: 't',
};

it('takes the settings, then the environment, then the shared file', async () => {
  const own = { access_key: 'own', secret_key: new Secret('s') };
  expect(await source(own, environment).get(signal())).toMatchObject({ accessKey: 'own', sessionToken: '' });
  expect(await source({}, environment).get(signal())).toMatchObject({
    accessKey: 'envkey',
    sessionToken: 't',
  });
  const path = join(folder(), 'credentials');
  writeFileSync(
    path,
    '[default]\naws_access_key_id = a\naws_secret_access_key = b\n# x = y\n[other]\naws_access_key_id=c\naws_secret_access_key=d\nregion = us-east-2\n',
  );
  const shared = { AWS_SHARED_CREDENTIALS_FILE: path };
  expect(await source({}, shared).get(signal())).toMatchObject({ accessKey: 'a', secretKey: 'b' });
  const other = source({ profile: 'other', region: undefined }, { ...environment, ...shared });
  expect(await other.get(signal())).toMatchObject({ accessKey: 'c' });
  expect(await other.region()).toBe('us-east-2');
  await expect(source({ profile: 'nope' }, shared).get(signal())).rejects.toThrow('profile "nope"');
  await expect(source({}, {}).get(signal())).rejects.toThrow('no AWS credentials');
  await expect(source({ region: undefined }, {}).region()).rejects.toThrow('no AWS region');
});

const answer = (key: string, expiration: string) =>
  `<R><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>tok</SessionToken><Expiration>${expiration}</Expiration></Credentials></R>`;

it('exchanges a web identity, and then for a role, until they are about to end', async () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const sts = await startWebhookServer((_request, count) => ({
    status: 200,
    body: answer(count % 2 === 1 ? 'web' : 'role', new Date(nowMs + 3_600_000).toISOString()),
  }));
  onTestFinished(() => sts.close());
  const token = join(folder(), 'token');
  writeFileSync(token, 'jwt\n');
  const from = source(
    { role_arn: 'arn:role', external_id: 'ext' },
    { AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: 'arn:web', AWS_ENDPOINT_URL_STS: `${sts.url}/` },
    () => nowMs,
  );
  expect(await from.get(signal())).toMatchObject({ accessKey: 'role', sessionToken: 'tok' });
  await from.get(signal());
  expect(sts.received).toHaveLength(2);
  const forms = sts.received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  expect(forms[0]).toMatchObject({
    Action: 'AssumeRoleWithWebIdentity',
    WebIdentityToken: 'jwt',
    RoleArn: 'arn:web',
  });
  expect(forms[1]).toMatchObject({ Action: 'AssumeRole', RoleArn: 'arn:role', ExternalId: 'ext' });
  expect(sts.received[0]?.headers.authorization).toBeUndefined();
  expect(sts.received[1]?.headers.authorization).toContain(
    'Credential=web/20260101/eu-west-1/sts/aws4_request',
  );
  nowMs += 3_500_000;
  await from.get(signal());
  expect(sts.received).toHaveLength(4);
});

it('asks the agent of the container', async () => {
  const agent = await startWebhookServer({
    status: 200,
    body: JSON.stringify({
      AccessKeyId: 'k',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: '2999-01-01T00:00:00Z',
    }),
  });
  onTestFinished(() => agent.close());
  const token = join(folder(), 'token');
  writeFileSync(token, 'pod-token');
  const found = await source(
    {},
    {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.url}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
    },
  ).get(signal());
  expect(found).toMatchObject({ accessKey: 'k', sessionToken: 't' });
  expect(agent.received[0]).toMatchObject({ method: 'GET', headers: { authorization: 'pod-token' } });
});

it('says what STS said, and shows no secret', async () => {
  const sts = await startWebhookServer({
    status: 403,
    body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not allowed &amp; so</Message></Error></ErrorResponse>',
  });
  onTestFinished(() => sts.close());
  await expect(
    source({ role_arn: 'arn' }, { ...environment, AWS_ENDPOINT_URL_STS: sts.url }).get(signal()),
  ).rejects.toThrow(/^AWS STS answered 403: AccessDenied: not allowed & so$/);
});
