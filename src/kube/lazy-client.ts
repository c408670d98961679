import type { Component } from '../kit/component.ts';
import { untilAborted } from '../kit/until-aborted.ts';
import { KubeClient, type KubeRequest, type KubeWrite } from './kube-client.ts';
import { type AccessChoice, loadAccess } from './load-access.ts';

/**
 * A client whose access is read when it is first used, and anew after a failure: a start should not wait for it. As a component it ends
 * its connections with the others.
 */
export class LazyKubeClient implements Pick<KubeClient, 'get' | 'write'>, Component {
  readonly name = 'kube client';
  readonly #access: AccessChoice;
  #client: Promise<KubeClient> | undefined;

  constructor(access: AccessChoice) {
    this.#access = access;
  }

  async get<T>(asked: KubeRequest): Promise<T> {
    return await (await this.#open()).get<T>(asked);
  }

  async write<T>(asked: KubeWrite): Promise<T> {
    return await (await this.#open()).write<T>(asked);
  }

  async run(signal: AbortSignal): Promise<void> {
    await untilAborted(signal);
    await this.close();
  }

  async close(): Promise<void> {
    await (await this.#client?.catch(() => undefined))?.close();
  }

  async #open(): Promise<KubeClient> {
    this.#client ??= loadAccess(this.#access).then(
      (access) => new KubeClient(access),
      (error: unknown) => {
        this.#client = undefined;
        throw error;
      },
    );
    return await this.#client;
  }
}
