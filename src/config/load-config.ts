import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { hostWithPaths } from '../host/settings.ts';
import { imagesWithPaths } from '../images/config.ts';
import { BadInputError, messageOf } from '../kit/app-error.ts';
import { Secret } from '../kit/secret.ts';
import { ConfigFileError, readYamlConfig } from '../kit/yaml-config.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';
import { type PeersConfig, parseDatabaseUrl } from './peers-schema.ts';
import { type Config, configSchema } from './schema.ts';

/** What the command line may say over the file; absolute or relative to the working directory. */
export interface ConfigFlags {
  readonly config?: string;
  readonly folder?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly listen?: string;
  readonly data?: string;
  readonly alertmanager?: string;
  readonly prometheusConfig?: string;
  /** The same under Prometheus' own name. */
  readonly 'config.file'?: string;
  readonly rules?: readonly string[];
  readonly cluster?: string;
  readonly logLevel?: string;
}

/** The configuration with flags applied, paths absolute and secrets read. */
export interface LoadedConfig extends Config {
  readonly address: ListenAddress;
  readonly token?: Secret;
  /** Every file that reloading should read again, the main file first; for messages. */
  readonly file: string;
}

/**
 * Reads `skopos.yaml` (when given, or when it stands in the working directory) and puts the flags over it.
 *
 * @throws {ConfigFileError | BadInputError} naming file, line and field of the first mistake.
 */
export function loadConfig(flags: ConfigFlags, cwd: string): LoadedConfig {
  const file = configFile(flags, cwd);
  const text = file === '' ? '' : readText(file, 'configuration file');
  const config = applyFlags(readYamlConfig(text, file, configSchema), flags);
  const base = file === '' ? cwd : dirname(file);
  const path = (of: string | undefined, flag?: string): string | undefined =>
    flag !== undefined ? resolve(cwd, flag) : of === undefined || isAbsolute(of) ? of : resolve(base, of);

  const address = parseListenAddress(config.listen);
  const token = readToken(config, path(config.api_token_file), file);
  if (!address.isLoopback && token === undefined) {
    throw new BadInputError(
      'listen',
      `${config.listen} can be reached from other machines, so it needs a token: set api_token_file, or listen on 127.0.0.1`,
    );
  }
  const { folder, kubeconfig } = config.source;
  return {
    ...config,
    file,
    address,
    ...(token === undefined ? {} : { token }),
    ...optional('data', path(config.data, flags.data)),
    source: {
      ...config.source,
      ...optional('folder', path(folder, flags.folder)),
      ...optional('kubeconfig', path(kubeconfig, flags.kubeconfig)),
    },
    posture: {
      ...config.posture,
      ...optional('control_inputs', path(config.posture.control_inputs)),
      exceptions: config.posture.exceptions.map((of) => path(of) ?? of),
      policies: config.posture.policies.map((of) => path(of) ?? of),
    },
    metrics: {
      ...optional(
        'prometheus_config',
        path(config.metrics.prometheus_config, flags.prometheusConfig ?? flags['config.file']),
      ),
      ...optional('operator', operatorWith(config.metrics.operator, path)),
    },
    ...(config.state === undefined
      ? {}
      : {
          state: {
            ...config.state,
            ...optional('custom_resource_state_config', path(config.state.custom_resource_state_config)),
          },
        }),
    dashboards: {
      ...config.dashboards,
      folders: config.dashboards.folders.map((of) => path(of) ?? of),
    },
    alerting: {
      ...config.alerting,
      ...optional('config', path(config.alerting.config, flags.alertmanager)),
      silences: config.alerting.silences.map((of) => path(of) ?? of),
      ...optional('peers', peersOf(config.alerting.peers, path)),
    },
    rules: {
      ...config.rules,
      files: [
        ...config.rules.files.map((of) => path(of) ?? of),
        ...(flags.rules ?? []).map((of) => resolve(cwd, of)),
      ],
    },
    ...(config.host === undefined ? {} : { host: hostWithPaths(config.host, (of) => path(of) ?? of) }),
    images: imagesWithPaths(config.images, (of) => path(of) ?? of),
  };
}

/**
 * What of `skopos.yaml` says how images are read, as {@link loadConfig} finds it; nothing else of it is looked into, so that it holds
 * where a token or a cluster of it is not there.
 *
 * @throws {ConfigFileError | BadInputError} naming file, line and field of the first mistake.
 */
export function loadImagesConfig(flags: Pick<ConfigFlags, 'config'>, cwd: string): Config['images'] {
  const file = configFile(flags, cwd);
  const text = file === '' ? '' : readText(file, 'configuration file');
  const { images } = readYamlConfig(text, file, configSchema);
  return imagesWithPaths(images, (of) => resolve(file === '' ? cwd : dirname(file), of));
}

/** The one that is named, or `skopos.yaml` of the folder; '' where there is none. */
function configFile({ config }: Pick<ConfigFlags, 'config'>, cwd: string): string {
  if (config !== undefined) return resolve(cwd, config);
  const implied = resolve(cwd, 'skopos.yaml');
  return existsSync(implied) ? implied : '';
}

function operatorWith(
  operator: Config['metrics']['operator'],
  path: (of: string | undefined) => string | undefined,
): Config['metrics']['operator'] {
  if (operator?.secretsFolder == null) return operator;
  return { ...operator, secretsFolder: path(operator.secretsFolder) };
}

/** @throws {BadInputError} when the address of the database is none. */
function peersOf(
  peers: PeersConfig | undefined,
  path: (of: string | undefined) => string | undefined,
): PeersConfig | undefined {
  if (peers === undefined) return undefined;
  const { database, tls_config: tls } = peers;
  if (database !== undefined) {
    const url = parseDatabaseUrl(database.reveal(), 'alerting.peers.database');
    if (tls !== undefined && url.searchParams.has('sslmode'))
      throw new BadInputError('alerting.peers', 'give tls_config, or sslmode in the address, not both');
  }
  return {
    ...peers,
    ...optional('database_file', path(peers.database_file)),
    ...optional('password_file', path(peers.password_file)),
    ...(tls === undefined
      ? {}
      : {
          tls_config: {
            ...tls,
            ...optional('ca_file', path(tls.ca_file ?? undefined)),
            ...optional('cert_file', path(tls.cert_file ?? undefined)),
            ...optional('key_file', path(tls.key_file ?? undefined)),
          },
        }),
  };
}

/** A flag that chooses a source replaces the file's choice whole. */
function applyFlags(config: Config, flags: ConfigFlags): Config {
  const source =
    flags.folder === undefined && flags.kubeconfig === undefined
      ? { ...config.source, ...optional('context', flags.context) }
      : {
          ...optional('folder', flags.folder),
          ...optional('kubeconfig', flags.kubeconfig),
          ...optional('context', flags.context),
        };
  if (source.folder !== undefined && source.kubeconfig !== undefined)
    throw new BadInputError('source', 'give a folder or a kubeconfig, not both');
  if (source.context !== undefined && source.folder !== undefined)
    throw new BadInputError('source.context', 'a context belongs to a kubeconfig, not to a folder');
  return {
    ...config,
    ...optional('listen', flags.listen),
    ...optional('cluster', flags.cluster),
    log_level:
      flags.logLevel === undefined ? config.log_level : configSchema.shape.log_level.parse(flags.logLevel),
    source,
  };
}

function readToken(config: Config, tokenFile: string | undefined, file: string): Secret | undefined {
  if (config.api_token !== undefined && tokenFile !== undefined)
    throw new ConfigFileError(file, 0, 'api_token', 'give api_token or api_token_file, not both');
  if (tokenFile === undefined) return config.api_token;
  const text = readText(tokenFile, 'api_token_file').trim();
  if (text === '') throw new BadInputError('api_token_file', `${tokenFile} is empty`);
  return new Secret(text);
}

/** @throws {BadInputError} saying which file could not be read and why. */
export function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'no permission to read it'
          : messageOf(error);
    throw new BadInputError('', `${what} ${file}: ${why}`, { cause: error });
  }
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}
