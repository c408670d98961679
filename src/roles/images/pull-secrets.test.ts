import { expect, it } from 'vitest';
import type { ImageUse } from '../../images/live/live-image.ts';
import type { KubeRequest } from '../../kube/kube-client.ts';
import { silentLogger } from '../../log/logger.ts';
import { podLogins } from './pull-secrets.ts';

const config = JSON.stringify({ auths: { 'r.test': { username: 'anna', password: 'p' } } });

const use = (...names: readonly string[]): ImageUse => ({
  ...{
    reference: 'r.test/cart:1',
    image: 'r.test/cart:1',
    platform: 'linux/amd64',
    repository: 'r.test/cart',
  },
  workload: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' },
  container: 'main',
  pullSecrets: names.map((name) => ({ namespace: 'shop', name })),
});

/** An API server's answers; secrets that it does not have are refused. */
function secrets(all: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  return {
    asked,
    async get<Answer>({ path }: KubeRequest): Promise<Answer> {
      asked.push(path);
      const found = all[path];
      if (found === undefined) throw new Error(`403: ${path}`);
      return found as Answer;
    },
  };
}

it('finds the logins of the pods that run an image, each secret once, and passes over what may not be read', async () => {
  const { signal } = new AbortController();
  const client = secrets({
    '/api/v1/namespaces/shop/secrets/pull': {
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
    },
  });
  const logins = await podLogins(client, silentLogger)([use('gone', 'pull'), use('pull')], signal);
  expect(await logins.find('r.test', 'cart', signal)).toMatchObject([
    { login: { kind: 'password', username: 'anna' }, origin: expect.stringContaining('secret shop/pull') },
  ]);
  expect(await logins.find('other.test', 'cart', signal)).toEqual([]);
  expect(client.asked).toEqual([
    '/api/v1/namespaces/shop/secrets/gone',
    '/api/v1/namespaces/shop/secrets/pull',
  ]);
});
