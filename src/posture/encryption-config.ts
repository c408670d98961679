import { hostGap } from '../model/host.ts';
import type { KubeObject } from '../model/object.ts';
import { dig } from './cloud.ts';
import { decodedText, mappingOf } from './embedded.ts';
import { itemsOf } from './pod-spec.ts';

/** How the API server encrypts what it stores. Source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/ */
export interface EncryptionConfig {
  /** The whole file. It holds keys: for comparing only, never to be shown. */
  readonly file: Readonly<Record<string, unknown>>;
  /** `resources` of the file, in order. */
  readonly entries: readonly EncryptionEntry[];
}

export interface EncryptionEntry {
  readonly index: number;
  /** `secrets`, `*.*` … */
  readonly resources: readonly unknown[];
  /** Kinds of providers in order (`aescbc`, `kms`); the first one encrypts, all of them decrypt. */
  readonly providers: readonly string[];
  /** Names of the KMS plugins among them. */
  readonly kmsNames: readonly string[];
}

/** Whether the node reports such a file, or that it could not read it. */
export function hasEncryptionConfig(info: KubeObject): boolean {
  return contentOf(info) !== undefined || gapOf(info) !== undefined;
}

/** Undefined when there is none, or when it cannot be understood. */
export function encryptionConfigOf(info: KubeObject): EncryptionConfig | undefined {
  const text = decodedText(contentOf(info));
  const file = text === undefined ? undefined : mappingOf(text);
  const list = file?.['resources'];
  if (file === undefined || !Array.isArray(list)) return undefined;
  const entries = list.map(entryOf);
  return entries.every((entry) => entry !== undefined) ? { file, entries } : undefined;
}

function entryOf(item: unknown, index: number): EncryptionEntry | undefined {
  const resources = dig(item, 'resources');
  const list = dig(item, 'providers');
  if (!Array.isArray(resources) || !Array.isArray(list)) return undefined;
  const providers = itemsOf(list as readonly object[]);
  if (providers.length < list.length) return undefined;
  return {
    index,
    resources,
    providers: providers.map((provider) => Object.keys(provider.item)[0] ?? ''),
    kmsNames: providers.flatMap((provider) => {
      const name = dig(provider.item, 'kms', 'name');
      return typeof name === 'string' ? [name] : [];
    }),
  };
}

/** Why the file, which is there, cannot be understood. */
export function unreadableEncryptionConfig(info: KubeObject): string | undefined {
  if (!hasEncryptionConfig(info) || encryptionConfigOf(info) !== undefined) return undefined;
  if (contentOf(info) === undefined) return gapOf(info);
  return 'data.APIServerInfo.encryptionProviderConfigFile.content is no EncryptionConfiguration';
}

/** The file as what a verdict rests on, with the name that Kubescape gives it. */
export function encryptionExternal({ file }: EncryptionConfig): unknown {
  return { ...file, name: 'encryption-provider-config' };
}

function gapOf(info: KubeObject): string | undefined {
  return hostGap(info, 'APIServerInfo.encryptionProviderConfigFile.content');
}

function contentOf(info: KubeObject): unknown {
  return dig(info['data'], 'APIServerInfo', 'encryptionProviderConfigFile', 'content');
}
