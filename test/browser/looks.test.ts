import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desk, launch, night, phone, Visit } from './support/browser.ts';
import { type FakeApi, type Mode, startFakeApi } from './support/fake-api.ts';

/** Each page, and something that stands on it only once its data is there. */
const pages = [
  { name: 'overview', path: '', there: 'text=strictly: 66.1 %' },
  { name: 'findings', path: 'findings', there: '[role=grid] >> text=Administrative Roles' },
  { name: 'finding', path: 'findings/a11ce00000000000', there: 'text=kubectl -n shop patch' },
  { name: 'alerts', path: 'alerts', there: '[role=grid] >> text=NewCriticalFinding' },
  { name: 'alert', path: 'alerts/6e1c0f4ab2d93357', there: 'text=slack-security was told' },
  { name: 'groups', path: 'alerts?view=groups', there: 'text=alertname=NewCriticalFinding' },
  { name: 'suppressions', path: 'suppressions', there: '[role=grid] >> text=gpu-driver' },
  { name: 'silences', path: 'silences', there: '[role=grid] >> text=team-storage' },
  { name: 'exception', path: 'exceptions/e000000000000002', there: 'text=4 failing verdicts' },
  { name: 'exception-file', path: 'exceptions/file:known-ports', there: 'text=exceptions.yaml' },
  {
    name: 'exception-new',
    path: 'exceptions/new?control=C-0057&namespace=shop&kind=Deployment&name=cart',
    there: 'text=I have seen this',
  },
  { name: 'silence', path: 'silences/file:nightly-backup', there: 'text=01:00–03:30' },
  {
    name: 'silence-new',
    path: 'silences/new?matchers=alertname%3D%22DiskFull%22',
    there: 'text=3 alerts that fire',
  },
  { name: 'routes', path: 'routes', there: 'text=muted now by weekend' },
  { name: 'notifications', path: 'notifications', there: '[role=grid] >> text=out of order' },
  { name: 'receivers', path: 'receivers', there: 'text=ahead of the database' },
  { name: 'inbox', path: 'inbox/130', there: 'text=What to do' },
  { name: 'drills', path: 'drills', there: 'text=Arrived in 184 ms' },
  { name: 'ledger', path: 'ledger', there: '[role=grid] >> text=delivered' },
  { name: 'cause', path: 'ledger?cause=chg-8f3a21', there: 'text=What one change caused' },
  { name: 'live', path: 'live', there: 'text=Show all 14 verdicts' },
  { name: 'cluster-map', path: 'cluster-map', there: 'text=10,000 workloads in' },
  {
    name: 'cluster-map-one',
    path: 'cluster-map?namespace=shop',
    there: '[role=grid] >> text=workload-9411',
  },
  { name: 'targets', path: 'targets', there: '[role=grid] >> text=nothing listens there' },
  {
    name: 'target',
    path: 'target?job=serviceMonitor%2Fshop%2Fcart%2F0&url=http%3A%2F%2F10.4.0.7%3A8080%2Fmetrics',
    there: 'text=Labels that its series carry',
  },
  { name: 'discovery', path: 'service-discovery', there: 'text=discovery by consul is not supported' },
  {
    name: 'discovery-job',
    path: 'service-discovery?job=serviceMonitor%2Fshop%2Fcart%2F0&state=dropped',
    there: 'text=120 dropped by relabelling',
  },
  { name: 'pushed', path: 'pushed', there: '[role=grid] >> text=nightly-backup · instance=db-2' },
  {
    name: 'pushed-group',
    path: `pushed/group?path=${encodeURIComponent('/metrics/job/build/U__branch_2e_name/main')}`,
    there: 'text=and 700 more of 900 series',
  },
  { name: 'monitors', path: 'monitors', there: '[role=grid] >> text=shop/login' },
  { name: 'monitor', path: 'monitors/ServiceMonitor/shop/cart', there: 'text=there are http, https' },
  { name: 'rules', path: 'rules', there: 'text=many-to-many matching not allowed' },
  { name: 'configuration', path: 'configuration', there: 'text=the last reload was refused, what ran' },
  { name: 'configuration-diff', path: 'configuration?view=diff', there: 'text=+  scrape_interval: 15s' },
  { name: 'store', path: 'store', there: 'text=shop_pods' },
  { name: 'doctor', path: 'doctor', there: 'text=40 things to mend' },
  { name: 'status', path: 'status', there: 'text=Parts of the chain' },
  { name: 'flags', path: 'flags', there: 'text=Value' },
  { name: 'nowhere', path: 'nowhere/at/all', there: 'text=There is no such page' },
] as const;
const looks = { light: desk, dark: night, phone, 'phone-dark': { ...phone, scheme: 'dark' } } as const;

let browser: Browser;
let api: FakeApi;

beforeAll(async () => {
  browser = await launch();
  api = await startFakeApi('busy');
});
afterAll(async () => {
  await browser.close();
  await api.close();
});

describe.each(pages)('$name', ({ name, path, there }) => {
  it.each(Object.entries(looks))('looks right in %s', async (lookName, look) => {
    api.mode = 'busy';
    const visit = await Visit.open(browser, api.url + path, look);
    await visit.page.locator(there).first().waitFor();
    await visit.page.waitForTimeout(300);
    await visit.picture(`${name}-${lookName}`);
    expect(visit.unexpected()).toEqual([]);
    expect(await visit.barriers()).toEqual([]);
    expect(await visit.sideways()).toBeLessThanOrEqual(0);
    await visit.close();
  });
});

const states: readonly (readonly [Mode, string, string])[] = [
  ['empty', '', 'text=No framework has a score yet'],
  ['empty', 'findings', 'text=Nothing has been judged yet'],
  ['empty', 'findings/ffffffffffffffff', 'text=Could not load this finding'],
  ['empty', 'alerts', 'text=Nothing that a rule looks for is the case'],
  ['empty', 'alerts/ffff', 'text=Could not load this alert'],
  ['empty', 'suppressions', 'text=Nothing is held back'],
  ['empty', 'notifications', 'text=Nothing was sent yet'],
  ['empty', 'receivers', 'text=No receivers'],
  ['empty', 'inbox', 'text=No messages yet'],
  ['empty', 'drills', 'text=No drill has been run yet'],
  ['empty', 'ledger', 'text=Nothing has happened yet'],
  ['empty', 'live', 'text=Nothing has changed yet'],
  ['empty', 'cluster-map', 'text=There are no workloads yet'],
  ['empty', 'targets', 'text=Nothing is scraped'],
  ['empty', 'service-discovery', 'text=There is no job'],
  ['empty', 'pushed', 'text=Nothing can be pushed here'],
  ['empty', 'monitors', 'text=are not looked at'],
  ['empty', 'rules', 'text=No rules are loaded'],
  ['empty', 'configuration', 'text=There is no configuration file'],
  ['empty', 'store', 'text=There are no blocks on disk yet'],
  ['empty', 'doctor', 'text=There was nothing to look into'],
  ['error', '', 'text=The database is locked'],
  ['error', 'findings', 'text=The database is locked'],
  ['error', 'findings/a11ce00000000000', 'text=The database is locked'],
  ['error', 'alerts', 'text=The database is locked'],
  ['error', 'alerts/6e1c0f4ab2d93357', 'text=The database is locked'],
  ['error', 'suppressions', 'text=The database is locked'],
  ['error', 'routes', 'text=The database is locked'],
  ['error', 'inbox', 'text=The database is locked'],
  ['error', 'drills', 'text=The database is locked'],
  ['error', 'ledger', 'text=The database is locked'],
  ['error', 'live', 'text=The database is locked'],
  ['error', 'cluster-map', 'text=The database is locked'],
  ['error', 'targets', 'text=The database is locked'],
  ['error', 'service-discovery', 'text=The database is locked'],
  ['error', 'pushed', 'text=The database is locked'],
  ['error', 'monitors', 'text=The database is locked'],
  ['error', 'rules', 'text=The database is locked'],
  ['error', 'configuration', 'text=The database is locked'],
  ['error', 'store', 'text=query timed out in query queue'],
  ['error', 'doctor', 'text=Could not examine it'],
  ['slow', 'doctor', 'role=status[name="Looking into permissions, files, room and connections"]'],
  ['slow', '', 'role=status[name="Loading the overview"]'],
  ['slow', 'findings', 'role=status[name="Loading the findings"]'],
  ['slow', 'alerts', 'role=status[name="Loading the alerts"]'],
  ['slow', 'inbox', 'role=status[name="Loading the inbox"]'],
  ['slow', 'drills', 'role=status[name="Loading the drills"]'],
  ['slow', 'ledger', 'role=status[name="Loading the ledger"]'],
  ['slow', 'live', 'role=status[name="Loading the feed"]'],
  ['slow', 'cluster-map', 'role=status[name="Loading the map"]'],
  ['slow', 'targets', 'role=status[name="Loading the targets"]'],
  ['slow', 'service-discovery', 'role=status[name="Loading the discovery"]'],
  ['slow', 'pushed', 'role=status[name="Loading the groups"]'],
  ['slow', 'monitors', 'role=status[name="Loading the objects"]'],
  ['slow', 'rules', 'role=status[name="Loading the rules"]'],
  ['slow', 'configuration', 'role=status[name="Loading the configuration"]'],
];

it.each(states)('%s: /%s says so', async (mode, path, there) => {
  api.mode = mode;
  const visit = await Visit.open(browser, api.url + path);
  await visit.page.locator(there).first().waitFor();
  await visit.picture(`${mode}-${path === '' ? 'overview' : path.replace('/', '-')}`);
  expect(visit.unexpected()).toEqual([]);
  expect(await visit.barriers()).toEqual([]);
  await visit.close();
});
