import { parse } from 'yaml';
import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { parseDuration } from '../kit/duration.ts';
import { sleep } from '../kit/sleep.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { Logger } from '../log/logger.ts';
import { settingsConfigMap } from './permissions.ts';

/** Where components of Kubescape are, as its ConfigMap of URLs says. Nothing is sent to any of them because of it. */
const urlKeys = [
  ...(['gatewayWebsocketURL', 'gatewayRestURL', 'rootGatewayURL', 'kubevulnURL', 'vulnScanURL'] as const),
  ...([
    'kubescapeURL',
    'eventReceiverRestURL',
    'eventReceiverWebsocketURL',
    'backendOpenAPI',
    'listingURL',
  ] as const),
] as const;

export type UrlKey = (typeof urlKeys)[number];

/** What the ConfigMap of URLs (`ks-cloud-config`) says; what it does not say is absent. */
export interface ClusterSettings {
  readonly urls: Readonly<Partial<Record<UrlKey, string>>>;
  readonly accountID?: string;
  readonly clusterName?: string;
  readonly namespace?: string;
  /** Scans of this kind are refused when false. */
  readonly postureScanEnabled?: boolean;
  readonly imageVulnerabilitiesScanningEnabled?: boolean;
  /** Whether images that are new in the cluster are scanned at once. */
  readonly triggerNewImageScan?: boolean;
  /** Bytes; larger images are not scanned. */
  readonly maxImageSize?: number;
  /** How long the scan of an image may take. */
  readonly scanTimeoutMs?: number;
  readonly keepLocal?: boolean;
  /** Values that could not be read, and keys that nobody here knows. */
  readonly warnings: readonly string[];
}

export const noSettings: ClusterSettings = { urls: {}, warnings: [] };

/**
 * Reads the ConfigMap's data: a JSON document under `clusterData`, as charts write it, or the keys themselves. Names are read however
 * their letters are written; both forms occur.
 *
 * Source: https://github.com/kubescape/helm-charts, templates/cloudapi-configmap.yaml
 */
export function readClusterSettings(data: Readonly<Record<string, string>>): ClusterSettings {
  const warnings: string[] = [];
  const values = new Map<string, unknown>();
  const put = (fields: unknown): void => {
    if (typeof fields === 'object' && fields !== null)
      for (const [name, value] of Object.entries(fields)) values.set(name.toLowerCase(), value);
  };
  const { clusterData, ...rest } = data;
  put(rest);
  if (clusterData !== undefined) {
    try {
      put(parse(clusterData));
    } catch (error) {
      warnings.push(`clusterData cannot be read: ${messageOf(error)}`);
    }
  }
  const value = <To>(
    name: string,
    what: string,
    read: (text: string) => To | undefined,
  ): { [key: string]: To } => {
    const given = values.get(name.toLowerCase());
    if (given === undefined || given === null || given === '') return {};
    const known = read(String(given));
    if (known !== undefined) return { [name]: known };
    warnings.push(`${name}: expected ${what}`);
    return {};
  };
  const text = (name: string) => value(name, 'a text', (given) => given);
  const flag = (name: string) =>
    value(name, 'true or false', (given) =>
      /^(true|false)$/i.test(given) ? /^true$/i.test(given) : undefined,
    );
  const urls = Object.assign({}, ...urlKeys.map(text)) as ClusterSettings['urls'];
  return {
    urls,
    ...Object.assign({}, ...['accountID', 'clusterName', 'namespace'].map(text)),
    ...Object.assign({}, ...['postureScanEnabled', 'imageVulnerabilitiesScanningEnabled'].map(flag)),
    ...Object.assign({}, ...['triggerNewImageScan', 'keepLocal'].map(flag)),
    ...value('maxImageSize', 'a number of bytes', (given) =>
      /^\d+$/.test(given) ? Number(given) : undefined,
    ),
    ...renamed(value('scanTimeout', 'a duration such as 5m', parseDuration), 'scanTimeout', 'scanTimeoutMs'),
    warnings,
  };
}

function renamed<To>(
  fields: { readonly [key: string]: To },
  from: string,
  to: string,
): { [key: string]: To } {
  const value = fields[from];
  return value === undefined ? {} : { [to]: value };
}

export interface SettingsWatchOptions {
  readonly client: Pick<KubeClient, 'get'>;
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often it is looked at; 30 s when left out. */
  readonly everyMs?: number;
}

/**
 * The ConfigMap of URLs and switches, looked at again and again: what it says holds from then on. While it cannot be read, what it last
 * said stands; once it is gone, nothing of it does.
 */
export class SettingsWatch implements Component {
  readonly name = 'cluster settings';
  readonly #options: SettingsWatchOptions;
  #settings = noSettings;
  #version: string | undefined;
  #problem = '';

  constructor(options: SettingsWatchOptions) {
    this.#options = options;
  }

  get settings(): ClusterSettings {
    return this.#settings;
  }

  /** Whether there is such a ConfigMap. */
  get isThere(): boolean {
    return this.#version !== undefined;
  }

  /** Why it could not be read; '' when it could, or is not there. */
  get problem(): string {
    return this.#problem;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs = 30_000 } = this.#options;
    do await this.look(signal);
    while (await sleep(everyMs, signal, clock));
  }

  /** Never throws. */
  async look(signal: AbortSignal): Promise<void> {
    const { client, namespace, log } = this.#options;
    try {
      const found = await client.get<{
        readonly metadata: { readonly resourceVersion?: string };
        readonly data?: Readonly<Record<string, string>>;
      }>({ path: `/api/v1/namespaces/${namespace}/configmaps/${settingsConfigMap}`, signal });
      const version = found.metadata.resourceVersion ?? '';
      if (version !== this.#version) {
        this.#settings = readClusterSettings(found.data ?? {});
        const { warnings, clusterName, postureScanEnabled, imageVulnerabilitiesScanningEnabled } =
          this.#settings;
        log.info(
          {
            configMap: settingsConfigMap,
            clusterName,
            postureScanEnabled,
            imageVulnerabilitiesScanningEnabled,
          },
          'settings of the cluster read',
        );
        for (const problem of warnings)
          log.warn({ configMap: settingsConfigMap, problem }, 'setting passed over');
      }
      this.#version = version;
      this.#problem = '';
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof KubeError && error.status === 404) {
        this.#settings = noSettings;
        this.#version = undefined;
        this.#problem = '';
        return;
      }
      const problem = messageOf(error);
      // Without the right to read it there is nothing to take over, which is well where Kubescape never was.
      const level = error instanceof KubeError && error.isRefusal ? 'info' : 'warn';
      if (problem !== this.#problem)
        log[level]({ configMap: settingsConfigMap, problem }, 'settings of the cluster cannot be read');
      this.#problem = problem;
    }
  }
}
