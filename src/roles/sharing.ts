import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { SharingOptions } from '../alerting/peers/peers-options.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { parseDatabaseUrl } from '../config/peers-schema.ts';
import { tlsOptions } from '../http/client.ts';
import { BadInputError, messageOf } from '../kit/app-error.ts';
import { Secret } from '../kit/secret.ts';
import { Postgres, type PostgresAccess } from '../store/postgres.ts';
import { version } from './version.ts';

/** How alerting is shared with other processes; undefined when the configuration names no database for it. */
export function sharingOf(config: LoadedConfig, externalURL: string): SharingOptions | undefined {
  const { peers } = config.alerting;
  if (peers === undefined) return undefined;
  const name = peers.name ?? `${hostname()}:${config.address.port}`;
  return {
    name,
    address: new URL(externalURL).host,
    version,
    database: new Postgres({ access: () => accessOf(peers), applicationName: `skopos ${name}` }),
  };
}

/** Files are read each time, so that what they say may change. */
async function accessOf(peers: NonNullable<LoadedConfig['alerting']['peers']>): Promise<PostgresAccess> {
  const { database, database_file: file, password_file: passwordFile, tls_config: tls } = peers;
  const text = database?.reveal() ?? (await readSecret(file ?? '', 'database_file'));
  const url = parseDatabaseUrl(text, 'alerting.peers.database');
  if (passwordFile !== undefined)
    url.password = encodeURIComponent(await readSecret(passwordFile, 'password_file'));
  return {
    url: new Secret(url.href),
    ...(tls === undefined ? {} : { tls: await tlsOptions(tls) }),
  };
}

async function readSecret(file: string, key: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new BadInputError(`alerting.peers.${key}`, messageOf(error), { cause: error });
  }
}
