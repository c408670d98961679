import { readFile } from 'node:fs/promises';
import type { HttpClient } from '../../http/client.ts';
import { UnavailableError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { Secret } from '../../kit/secret.ts';
import type { AnalysisSettings, RegistrySettings } from '../config.ts';
import { azureLogin } from './cloud/azure.ts';
import type { CloudLogin, EndingLogin } from './cloud/cloud-login.ts';
import { ecrLogin } from './cloud/ecr.ts';
import { gcpLogin } from './cloud/gcp.ts';
import { askHelper } from './credential-helper.ts';
import type { CredentialSource, FoundLogin } from './credentials.ts';
import { dockerConfigCredentials } from './docker-config.ts';
import { settingsFor } from './endpoints.ts';

/** Logins of clouds are asked for anew this long before they end. */
const marginMs = 5 * 60_000;

/** The logins of the configuration: those of `images.registries`, and of the docker config that it names. */
export class ConfiguredLogins implements CredentialSource {
  readonly #settings: AnalysisSettings;
  readonly #clock: Clock;
  readonly #clouds: Readonly<Record<string, CloudLogin>>;
  readonly #kept = new Map<string, Promise<EndingLogin>>();

  constructor(settings: AnalysisSettings, client: HttpClient, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    const options = { client, clock };
    this.#clouds = { ecr: ecrLogin(options), gcp: gcpLogin(options), azure: azureLogin(options) };
  }

  async find(registry: string, repository: string, signal: AbortSignal): Promise<readonly FoundLogin[]> {
    const entry = settingsFor(`${registry}/${repository}`, this.#settings.registries);
    const own = entry === undefined ? undefined : await this.#ofEntry(entry, registry, signal);
    return [...(own === undefined ? [] : [own]), ...(await this.#ofFile(registry, repository, signal))];
  }

  async #ofEntry(
    { prefix, username, password, password_file: file, login }: RegistrySettings,
    registry: string,
    signal: AbortSignal,
  ): Promise<FoundLogin | undefined> {
    const origin = `images.registries ${prefix}`;
    if (username !== undefined) {
      const secret = password ?? new Secret((await readText(file ?? '', 'password_file')).trim());
      return { login: { kind: 'password', username, password: secret }, origin };
    }
    if (login === undefined) return undefined;
    if (!login.startsWith('helper:')) return this.#ofCloud(login, registry, signal);
    const found = await askHelper(login.slice('helper:'.length), registry, signal);
    return found && { login: found, origin: login };
  }

  async #ofCloud(cloud: string, registry: string, signal: AbortSignal): Promise<FoundLogin | undefined> {
    const ask = this.#clouds[cloud];
    const key = `${cloud} ${registry}`;
    const kept = await this.#kept.get(key)?.catch(() => undefined);
    if (ask === undefined || (kept !== undefined && this.#clock.now() < kept.untilMs - marginMs)) return kept;
    const asked = ask(registry, signal);
    this.#kept.set(key, asked);
    return asked;
  }

  async #ofFile(registry: string, repository: string, signal: AbortSignal): Promise<readonly FoundLogin[]> {
    const { docker_config: file, credential_helpers: mayRunHelpers } = this.#settings;
    if (file === undefined) return [];
    // Read each time, so that it can be renewed.
    const text = await readText(file, 'docker_config');
    return dockerConfigCredentials(text, { origin: file, mayRunHelpers }).find(registry, repository, signal);
  }
}

async function readText(file: string, key: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new UnavailableError(`cannot read images.${key} ${file}: ${why}`);
  }
}
