import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { formatRef } from '../model/object.ts';
import { PostureEngine } from '../posture/engine.ts';
import { controlsOf, frameworkOf } from '../posture/frameworks/index.ts';
import { defaultInputs } from '../posture/inputs.ts';
import { parseManifests } from './folder/parse-manifests.ts';
import { readManifests } from './folder/read-manifests.ts';
import { Inventory } from './inventory.ts';

const shop = join(import.meta.dirname, '../../examples/shop');

/** What the example's README says is planted. */
const planted = [
  'C-0002 ClusterRoleBinding deploy-bot',
  'C-0002 RoleBinding shop/support',
  'C-0012 ConfigMap payments/payments',
  'C-0013 DaemonSet ops/log-collector',
  'C-0016 CronJob shop/mail-worker',
  'C-0017 Deployment shop/image-resizer',
  'C-0030 Deployment promo/spring-sale',
  'C-0034 CronJob shop/mail-worker',
  'C-0035 ClusterRoleBinding deploy-bot',
  'C-0041 DaemonSet ops/log-collector',
  'C-0046 Deployment shop/image-resizer',
  'C-0054 Namespace promo',
  'C-0270 Deployment shop/search',
  'C-0271 Deployment shop/search',
];

async function judged() {
  const { objects, problems } = await readManifests({ path: shop });
  const inventory = new Inventory({ cluster: 'test', clock: new VirtualClock(), log: silentLogger });
  const controls = controlsOf(frameworkOf('NSA'));
  const engine = new PostureEngine({
    controls,
    inputs: defaultInputs,
    view: inventory,
    objectOf: (key) => inventory.object(key),
  });
  inventory.subscribe((changes) => void engine.apply(changes));
  const put = (all: typeof objects) =>
    inventory.apply(
      'folder',
      all.map(({ object, origin }) => ({ type: 'put', object, origin, atMs: 0 })),
    );
  put(objects);
  const failing = () =>
    [...engine.verdicts({ states: ['fail'] })]
      .map(({ controlId, object }) => `${controlId} ${formatRef(object)}`)
      .sort();
  return { objects, problems, put, failing };
}

it('the example shop reads without a problem and has exactly the weaknesses that its README names', async () => {
  const { problems, failing } = await judged();
  expect(problems).toEqual([]);
  expect(failing()).toEqual(planted);
  const readme = await readFile(join(shop, 'README.md'), 'utf8');
  for (const line of planted) expect(readme).toContain(line.split(' ')[0]);
});

it('the edit that its README tells to try makes cart privileged', async () => {
  const { put, failing } = await judged();
  const text = await readFile(join(shop, 'cart/deployment.yaml'), 'utf8');
  expect(text.match(/privileged: false/g)).toHaveLength(1);
  const { objects } = parseManifests(
    text.replace('privileged: false', 'privileged: true'),
    'cart/deployment.yaml',
  );
  put(objects.map(({ object }) => ({ object, origin: { source: 'folder' } })));
  expect(failing().filter((line) => !planted.includes(line))).toEqual(['C-0057 Deployment shop/cart']);
});
