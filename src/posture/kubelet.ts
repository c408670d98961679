import type { KubeObject } from '../model/object.ts';
import { decodedText, mappingOf } from './embedded.ts';

/** What a node reports of its kubelet, as Kubescape's host scanner does (`hostdata.kubescape.cloud`, `KubeletInfo`). */
export interface KubeletFacts {
  /** The command line it was started with. */
  readonly commandLine: string;
  /** The text of its configuration file, where it could be read. */
  readonly configText?: string;
  /** The same, parsed; undefined when it is no YAML mapping. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export function kubeletFactsOf(object: KubeObject): KubeletFacts | undefined {
  const data = object['data'] as { cmdLine?: unknown; configFile?: { content?: unknown } } | undefined;
  if (object.kind !== 'KubeletInfo' || typeof data?.cmdLine !== 'string') return undefined;
  const configText = decodedText(data.configFile?.content);
  if (configText === undefined) return { commandLine: data.cmdLine };
  const config = mappingOf(configText);
  return { commandLine: data.cmdLine, configText, ...(config === undefined ? {} : { config }) };
}

/** What a verdict on the command line rests on: the object with nothing but that. */
export function commandLineOnly(object: KubeObject, commandLine: string): unknown {
  const { apiVersion, kind } = object;
  return { apiVersion, kind, data: { cmdLine: commandLine } };
}

/** What a verdict on the configuration rests on: the object with nothing but that, in clear. */
export function configOnly(object: KubeObject, content: string): unknown {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, metadata, data: { configFile: { content } } };
}

/** What a verdict rests on that could not read the configuration. */
export function dataOnly(object: KubeObject): unknown {
  const { apiVersion, kind } = object;
  return { apiVersion, kind, data: object['data'] };
}
