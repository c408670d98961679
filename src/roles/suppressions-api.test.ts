import { expect, it, vi } from 'vitest';
import { type Running, runSkopos, workshop } from '../../test/support/run-skopos.ts';
import type {
  ExceptionJson,
  ExceptionPreviewJson,
  FindingsJson,
  LedgerJson,
  SuppressionsJson,
} from '../api/skopos/contract.ts';

const patience = { timeout: 20_000, interval: 50 };
const hour = 3_600_000;

const files = {
  silences: `silences:
  - {name: nightly, matchers: a="b", owner: team-db, reason: the backup, ends_at: "2035-01-01"}
`,
  exceptions: `exceptions:
  - {name: known, owner: team-web, reason: since ever, expires: 2035-01-01, controls: [C-0270], resources: [{kind: Deployment, name: storefront}]}
`,
};

async function start() {
  const shop = workshop();
  shop.write('silences.yaml', files.silences);
  shop.write('exceptions.yaml', files.exceptions);
  const config = shop.write(
    'skopos.yaml',
    'source: {folder: shop}\nalerting: {silences: [silences.yaml]}\nposture: {exceptions: [exceptions.yaml]}\n',
  );
  shop.makePrivileged();
  const running = await runSkopos({ config, data: shop.data }, shop.dir);
  await vi.waitFor(() => expect(running.embedded.chain.isReady).toBe(true), patience);
  return { running, shop, config };
}

async function refusal(running: Running, path: string, body: object): Promise<string> {
  const error = await running.api(path, body).catch((caught: unknown) => caught);
  return error instanceof Error ? error.message : 'taken';
}

const privileged = {
  controls: ['C-0057'],
  resources: [{ kind: 'Deployment', name: 'cart' }],
  createdBy: 'ann',
  owner: 'team-shop',
  reason: 'until the driver is gone',
};

it('makes an exception that has effect at once, in findings and metrics, until it is ended', async () => {
  const { running } = await start();
  const { api } = running;
  const open = async () => (await api<FindingsJson>('findings?control=C-0057')).items.length;
  const excepted = async () =>
    Object.entries(await running.metric('skopos_control_resources'))
      .filter(([labels]) => labels.includes('"C-0057"') && labels.includes('status="excepted"'))
      .reduce((sum, [, value]) => sum + value, 0);
  expect(await open()).toBe(1);
  expect(await excepted()).toBe(0);

  const endsAtMs = Date.now() + hour;
  expect(
    await api<ExceptionPreviewJson>('exceptions/preview', {
      controls: privileged.controls,
      resources: privileged.resources,
      endsAtMs,
    }),
  ).toMatchObject({ total: 1, verdicts: [{ controlId: 'C-0057', object: { name: 'cart' } }], warnings: [] });
  const { id } = await api<{ id: string }>('exceptions', { ...privileged, endsAtMs, noticeMs: 60_000 });
  expect(await open()).toBe(0);
  expect(await excepted()).toBe(1);
  const { items } = await api<SuppressionsJson>('suppressions?q=driver');
  expect(items).toMatchObject([
    {
      kind: 'exception',
      id,
      state: 'active',
      owner: 'team-shop',
      createdBy: 'ann',
      origin: 'person',
      holdsBack: 1,
    },
  ]);
  expect(items[0]?.scope).toEqual(['kind: Deployment, name: cart', 'control: C-0057']);

  await api('exceptions', { ...privileged, id, endsAtMs, resources: [{ name: 'nothing' }] });
  expect(await open()).toBe(1);
  await api('exceptions', { ...privileged, id, endsAtMs });
  expect(await api<ExceptionJson>(`exceptions/${id}/expire`, {})).toMatchObject({ state: 'expired' });
  expect(await open()).toBe(1);
  expect(await excepted()).toBe(0);
  const told = await api<LedgerJson>(`ledger?subject=${encodeURIComponent(`exception:${id}`)}`);
  expect(told.items.map(({ decision, detail }) => [decision, detail['createdBy']]).sort()).toEqual([
    ['excepted', 'ann'],
    ['exception changed', 'ann'],
    ['exception changed', 'ann'],
    ['exception ended', 'ann'],
  ]);
});

it('keeps an exception over a restart', async () => {
  const { running, shop, config } = await start();
  await running.api('exceptions', { ...privileged, endsAtMs: Date.now() + hour });
  await running.stop();
  const again = await runSkopos({ config, data: shop.data }, shop.dir);
  await vi.waitFor(
    async () =>
      expect((await again.api<SuppressionsJson>('suppressions?q=driver')).items).toMatchObject([
        { state: 'active', holdsBack: 1 },
      ]),
    patience,
  );
});

it('lists silences and exceptions of files beside those of people, and says where to change them', async () => {
  const { running } = await start();
  const { items } = await running.api<SuppressionsJson>('suppressions');
  expect(items.map(({ kind, id, origin, owner, reason }) => ({ kind, id, origin, owner, reason }))).toEqual([
    { kind: 'silence', id: 'file:nightly', origin: 'file', owner: 'team-db', reason: 'the backup' },
    { kind: 'exception', id: 'file:known', origin: 'file', owner: 'team-web', reason: 'since ever' },
  ]);
  expect(items.map(({ source }) => source)).toEqual([
    expect.stringMatching(/silences\.yaml$/),
    expect.stringMatching(/exceptions\.yaml$/),
  ]);
  expect((await running.api<SuppressionsJson>('suppressions?kind=exception')).items).toHaveLength(1);
  expect(await refusal(running, 'exceptions/file:known/expire', {})).toMatch(/400 .*change it there/);
  expect(
    await refusal(running, 'exceptions', { ...privileged, id: 'file:known', endsAtMs: Date.now() + hour }),
  ).toMatch(/400 .*change it there/);
});

it('asks before it saves an exception that is for everything or has no end, and refuses what says nothing', async () => {
  const { running } = await start();
  const endsAtMs = Date.now() + hour;
  expect(await refusal(running, 'exceptions', { ...privileged, endsAtMs: null })).toMatch(
    /409 .*has no end.*confirm/,
  );
  const wide = { ...privileged, controls: [], resources: [{ kind: '.*' }], endsAtMs };
  expect(await refusal(running, 'exceptions', wide)).toMatch(/409 .*every control/);
  expect(await refusal(running, 'exceptions', { ...privileged, resources: [{}], endsAtMs })).toMatch(
    /400 .*what it is for/,
  );
  expect(
    await refusal(running, 'exceptions', { ...privileged, resources: [{ name: '(' }], endsAtMs }),
  ).toMatch(/400 .*regular expression/);
  expect(
    await refusal(running, 'exceptions', { ...privileged, endsAtMs, windows: [{ weekdays: ['someday'] }] }),
  ).toMatch(/400 .*windows/);
  await running.api('exceptions', { ...privileged, endsAtMs: null, confirm: true });
  expect((await running.api<SuppressionsJson>('suppressions?kind=exception&q=driver')).items).toMatchObject([
    { isEndless: true },
  ]);
});
