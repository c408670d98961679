import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { Secret } from '../../kit/secret.ts';
import type { HttpClient, HttpReply } from '../client.ts';
import { HttpError } from '../http-error.ts';
import { type AwsCredentials, signV4 } from './sign-v4.ts';

/** `sigv4` of the standard files. */
export interface AwsAccess {
  readonly region?: string | null | undefined;
  readonly access_key?: string | null | undefined;
  readonly secret_key?: Secret | null | undefined;
  readonly profile?: string | null | undefined;
  readonly role_arn?: string | null | undefined;
  readonly external_id?: string | null | undefined;
  readonly use_fips_sts_endpoint?: boolean | null | undefined;
}

interface Kept extends AwsCredentials {
  readonly untilMs: number;
}

export interface CredentialOptions {
  readonly client: HttpClient;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly now?: () => number;
}

/** Credentials that end are renewed this long before. */
const marginMs = 5 * 60_000;

/**
 * AWS credentials from where AWS's own programs look for them: the settings, the environment, a web identity (a service account on
 * EKS), the shared credentials file, the container's agent. The metadata service of a machine is not asked: it is a call that
 * nobody configured. With `role_arn` they are then exchanged for those of the role.
 *
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export class AwsCredentialSource {
  readonly #access: AwsAccess;
  readonly #client: HttpClient;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #now: () => number;
  #kept: Kept | undefined;

  constructor(access: AwsAccess, { client, env = process.env, now = Date.now }: CredentialOptions) {
    this.#access = access;
    this.#client = client;
    this.#env = env;
    this.#now = now;
  }

  /** The region of the settings, the environment or the profile. @throws {HttpError} when none says. */
  async region(): Promise<string> {
    const found =
      this.#access.region ||
      this.#env['AWS_REGION'] ||
      this.#env['AWS_DEFAULT_REGION'] ||
      (await this.#profile('config'))?.['region'] ||
      (await this.#profile('credentials'))?.['region'];
    if (found) return found;
    throw new HttpError('no AWS region: give sigv4.region, or AWS_REGION in the environment');
  }

  /** @throws {HttpError} when there are none. */
  async get(signal: AbortSignal): Promise<AwsCredentials> {
    if (this.#kept !== undefined && this.#now() < this.#kept.untilMs) return this.#kept;
    const base = await this.#base(signal);
    const { role_arn: role } = this.#access;
    this.#kept = role ? await this.#assume(role, base, signal) : base;
    return this.#kept;
  }

  async #base(signal: AbortSignal): Promise<Kept> {
    const { access_key: key, secret_key: secret, profile } = this.#access;
    if (key && secret) return lasting(key, secret.reveal(), '');
    if (profile) return this.#fromProfile(profile);
    const env = this.#env;
    if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY'])
      return lasting(env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN'] ?? '');
    if (env['AWS_WEB_IDENTITY_TOKEN_FILE'] && env['AWS_ROLE_ARN'])
      return this.#fromIdentity(env['AWS_WEB_IDENTITY_TOKEN_FILE'], env['AWS_ROLE_ARN'], signal);
    const shared = await this.#profile('credentials');
    if (shared?.['aws_access_key_id']) return this.#fromProfile(this.#profileName());
    const agent = this.#agentAddress();
    if (agent !== undefined) return this.#fromAgent(agent, signal);
    throw new HttpError(
      'no AWS credentials: give access_key and secret_key under sigv4, or let the environment, a service account or a credentials file hold them',
    );
  }

  async #fromProfile(name: string): Promise<Kept> {
    const found = await this.#profile('credentials', name);
    const { aws_access_key_id: key, aws_secret_access_key: secret, aws_session_token: token } = found ?? {};
    if (!key || !secret) throw new HttpError(`the AWS profile "${name}" has no credentials`);
    return lasting(key, secret, token ?? '');
  }

  async #fromIdentity(file: string, role: string, signal: AbortSignal): Promise<Kept> {
    const token = await readTrimmed(file, 'AWS_WEB_IDENTITY_TOKEN_FILE');
    return this.#fromSts(
      {
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: role,
        RoleSessionName: this.#env['AWS_ROLE_SESSION_NAME'] ?? 'skopos',
        WebIdentityToken: token,
      },
      undefined,
      signal,
    );
  }

  #assume(role: string, base: AwsCredentials, signal: AbortSignal): Promise<Kept> {
    const { external_id: external } = this.#access;
    const form = { Action: 'AssumeRole', Version: '2011-06-15', RoleArn: role, RoleSessionName: 'skopos' };
    return this.#fromSts({ ...form, ...(external ? { ExternalId: external } : {}) }, base, signal);
  }

  async #fromSts(
    form: Readonly<Record<string, string>>,
    signer: AwsCredentials | undefined,
    signal: AbortSignal,
  ): Promise<Kept> {
    const region = await this.region();
    const prefix = this.#access.use_fips_sts_endpoint ? 'sts-fips' : 'sts';
    const url = this.#env['AWS_ENDPOINT_URL_STS'] ?? `https://${prefix}.${region}.${domainOf(region)}/`;
    const body = new URLSearchParams(form).toString();
    const contentType = 'application/x-www-form-urlencoded; charset=utf-8';
    const headers =
      signer === undefined
        ? {}
        : signV4({ method: 'POST', url, body, headers: { 'content-type': contentType } }, signer, {
            region,
            service: 'sts',
            atMs: this.#now(),
          });
    const reply = await this.#client.post({ url, body, contentType, headers }, signal);
    const read = (name: string) => xmlText(reply.body, name);
    const [key, secret, token] = [read('AccessKeyId'), read('SecretAccessKey'), read('SessionToken')];
    if (reply.status !== 200 || key === '' || secret === '')
      throw new HttpError(
        `AWS STS answered ${reply.status}${read('Code') === '' ? '' : `: ${read('Code')}: ${read('Message').slice(0, 200)}`}`,
      );
    return this.#ending(key, secret, token, read('Expiration'));
  }

  #agentAddress(): string | undefined {
    const relative = this.#env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
    return relative ? `http://169.254.170.2${relative}` : this.#env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  }

  async #fromAgent(url: string, signal: AbortSignal): Promise<Kept> {
    const file = this.#env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
    const token = file
      ? await readTrimmed(file, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
      : this.#env['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
    const reply = await this.#client.request(
      { url, method: 'GET', ...(token ? { headers: { authorization: token } } : {}) },
      signal,
    );
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = jsonOf(reply);
    if (reply.status !== 200 || typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string')
      throw new HttpError(`the container's agent gave no AWS credentials: it answered ${reply.status}`);
    return this.#ending(AccessKeyId, SecretAccessKey, String(Token ?? ''), String(Expiration ?? ''));
  }

  #ending(accessKey: string, secretKey: string, sessionToken: string, expiration: string): Kept {
    const endMs = Date.parse(expiration);
    const untilMs = (Number.isNaN(endMs) ? this.#now() + 15 * 60_000 : endMs) - marginMs;
    return { accessKey, secretKey, sessionToken, untilMs };
  }

  #profileName(): string {
    return this.#access.profile || this.#env['AWS_PROFILE'] || 'default';
  }

  async #profile(
    kind: 'credentials' | 'config',
    name = this.#profileName(),
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const named = kind === 'config' ? this.#env['AWS_CONFIG_FILE'] : this.#env['AWS_SHARED_CREDENTIALS_FILE'];
    const path = named ?? join(this.#env['HOME'] ?? homedir(), '.aws', kind);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      return undefined;
    }
    const sections = readIni(text);
    return sections.get(name) ?? sections.get(`profile ${name}`);
  }
}

/** The end of the names of AWS's hosts in a region. */
export function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** The text of the first element of that name; '' when there is none. */
export function xmlText(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  return found
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

function lasting(accessKey: string, secretKey: string, sessionToken: string): Kept {
  // Files and the environment are read again, so that what stands there can be renewed.
  return { accessKey, secretKey, sessionToken, untilMs: 0 };
}

function jsonOf({ body }: HttpReply): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function readIni(text: string): Map<string, Record<string, string>> {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    const header = /^\[\s*([^\]]+?)\s*\]$/.exec(line)?.[1];
    if (header !== undefined) {
      current = {};
      sections.set(header, current);
      continue;
    }
    const at = line.indexOf('=');
    if (at > 0 && !/^[#;]/.test(line)) current[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return sections;
}

async function readTrimmed(file: string, key: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new HttpError(
      `cannot read ${key} ${file}: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}`,
    );
  }
}
