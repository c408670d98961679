import type { AnalysisSettings, RegistrySettings } from '../config.ts';
import type { ImageReference } from '../reference.ts';

/** Where a repository is asked for. */
export interface Endpoint {
  /** As names have it: `docker.io`, `mirror.example.com:5000`; logins are found by it. */
  readonly registry: string;
  readonly repository: string;
  /** `https://registry-1.docker.io` */
  readonly origin: string;
  readonly tls: RegistrySettings['tls_config'];
  readonly maxConcurrent: number;
  /** What is set for it, with its login; none for what is not configured. */
  readonly settings: RegistrySettings | undefined;
}

const usualConcurrency = 6;

/** The hosts of Docker Hub are others than its name. */
const hosts: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

/** Where to ask for a repository: its mirrors in their order, then itself, unless there are only to be mirrors. */
export function endpointsFor(
  { registry, repository }: Pick<ImageReference, 'registry' | 'repository'>,
  { registries }: AnalysisSettings,
): readonly Endpoint[] {
  const name = `${registry}/${repository}`;
  const settings = settingsFor(name, registries);
  if (settings === undefined) return [endpoint(name, false, undefined, undefined)];
  const moved = (location: string): string => location + name.slice(settings.prefix.length);
  const mirrors = settings.mirrors.map(({ location, plain_http: plain, tls_config: tls }) => {
    const mirror = moved(location);
    return endpoint(mirror, plain, tls, settingsFor(mirror, registries));
  });
  if (settings.mirrors_only && mirrors.length > 0) return mirrors;
  const own = moved(settings.location ?? settings.prefix);
  return [...mirrors, endpoint(own, settings.plain_http, settings.tls_config, settings)];
}

/** The entry with the longest prefix of whole parts of a name. */
export function settingsFor(
  name: string,
  registries: readonly RegistrySettings[],
): RegistrySettings | undefined {
  return registries
    .filter(({ prefix }) => name === prefix || name.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function endpoint(
  name: string,
  isPlain: boolean,
  tls: RegistrySettings['tls_config'],
  settings: RegistrySettings | undefined,
): Endpoint {
  const slash = name.indexOf('/');
  const registry = slash < 0 ? name : name.slice(0, slash);
  return {
    registry,
    repository: slash < 0 ? '' : name.slice(slash + 1),
    origin: `${isPlain ? 'http' : 'https'}://${hosts[registry] ?? registry}`,
    tls,
    maxConcurrent: settings?.max_concurrent ?? usualConcurrency,
    settings,
  };
}
