import { type ImagesSource, imageRoutes } from '../../../src/api/skopos/images.ts';
import type {
  CveJson,
  ImageDetailJson,
  ImageJson,
  ImageNewsJson,
  ImagePackagesJson,
  ImageSeverity,
  ImageVulnerabilityJson,
} from '../../../src/api/skopos/images-contract.ts';
import { type RegistriesSource, registryRoutes } from '../../../src/api/skopos/registries.ts';
import { createServer, type FastifyInstance } from '../../../src/http/server.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { noCounts } from '../../../src/roles/images/image-json.ts';
import { listImages } from '../../../src/roles/images/image-list.ts';
import { noImages } from '../../../src/roles/images/images-source.ts';
import { fakeRegistries } from './fake-registries.ts';
import { pick, seeded } from './random.ts';

/** Whether the real routes over made-up data answer it. */
export function isImages(resource: string): boolean {
  return /^(?:images|cves)(?:\/|$)|^resource\/images$|^jobs$|^registry-(?:images|scans)$/.test(resource);
}

/** 10,000 images in every state, and a Skopos that scans none. */
export function fakeImages(nowMs: number): {
  readonly busy: FastifyInstance;
  readonly empty: FastifyInstance;
} {
  return {
    busy: app(makeSource(nowMs), fakeRegistries(nowMs, 10_000)),
    empty: app(noImages, fakeRegistries(nowMs, 0)),
  };
}

function app(source: ImagesSource, registries: RegistriesSource): FastifyInstance {
  const server = createServer({ log: silentLogger, loopbackOnly: true });
  registryRoutes(server, registries);
  imageRoutes(server, source, (workload) => ({ workload, containers: [], unreadable: '' }));
  server.post('/api/skopos/v1/jobs', async (_request, reply) => {
    reply.code(202);
    return { items: [{ id: 'job-17', state: 'queued' }] };
  });
  return server;
}

const digestOf = (i: number): string => `sha256:${String(i).padStart(5, '0').repeat(13).slice(0, 64)}`;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function makeSource(nowMs: number): ImagesSource {
  const images = makeImages(nowMs, 10_000);
  const detail = makeDetail(nowMs, images[0]);
  const packages = makePackages();
  const news = makeNews(nowMs, 2400);
  return {
    images: (filter) => ({
      ...listImages(images, filter),
      ...{ enabled: true, newsToday: 12 },
      data: { state: 'stale', problem: '', builtAtMs: nowMs - 6 * dayMs },
    }),
    image: (id) => imageOf(id, images, detail),
    packages: (_id, { text, layer, offset, limit }) => {
      const items = packages.filter(
        ({ name, layers }) => name.includes(text) && (layer === undefined || layers.includes(layer)),
      );
      return { total: items.length, items: items.slice(offset, offset + limit) };
    },
    sbom: (_id, format) => JSON.stringify({ format }),
    cve: (id) => (id === 'CVE-2026-40001' ? makeCve(nowMs) : undefined),
    news: ({ sinceMs = nowMs - dayMs, kinds, text, offset, limit }) => {
      const since = news.filter(({ atMs, vulnerability }) => atMs >= sinceMs && vulnerability.includes(text));
      const items = since.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
      const of = (kind: string) => since.filter((one) => one.kind === kind).length;
      return {
        ...{ enabled: true, sinceMs, total: items.length, items: items.slice(offset, offset + limit) },
        counts: { new: of('new'), fixed: of('fixed'), ignored: of('ignored') },
        facets: {
          severity: [{ value: 'critical', label: 'critical', count: of('new') }],
          namespace: [{ value: 'shop', label: 'shop', count: items.length }],
        },
      };
    },
    workload: ({ workload }) => ({
      ...{ enabled: true, workload, newest: makeNewest(nowMs) },
      data: { state: 'stale', problem: '', builtAtMs: nowMs - 6 * dayMs },
      containers: ['main', 'migrate', 'proxy', 'shell'].map((name, i) => {
        const { workloads: _, ...image } = images[i] ?? ofNothing();
        const isOff = name === 'shell';
        return {
          ...{ name, image: isOff ? 'debug:latest' : (image.names[0] ?? '') },
          why: isOff ? 'no container of it is known to have started' : '',
          images: isOff ? [] : [image],
        };
      }),
    }),
  };
}

function ofNothing(): never {
  throw new Error('there are fewer images than containers');
}

function makeNewest(nowMs: number) {
  return (['critical', 'high', 'low'] as const).map((severity, i) => ({
    ...{ repository: 'ghcr.io/shop/cart', vulnerability: `CVE-2026-4000${i}`, severity },
    ...{ knownExploited: i === 0, packageName: 'openssl', installed: '3.0.11-1~deb12u2' },
    fixedIn: i === 2 ? '' : '3.0.14-1~deb12u2',
    firstSeenMs: nowMs - i * 30 * hourMs,
    isBaseline: i === 2,
  }));
}

const repositories = [
  'ghcr.io/shop/cart',
  'ghcr.io/shop/storefront',
  'registry.example.com:5000/platform/payments-gateway-with-a-long-name',
  'docker.io/library/postgres',
  'quay.io/team/worker',
];

function makeImages(nowMs: number, count: number): ImageJson[] {
  const random = seeded(41);
  return Array.from({ length: count }, (_, i): ImageJson => {
    const repository = i < 5 ? (repositories[i] ?? '') : `${pick(repositories, random)}-${i}`;
    const state = stateAt(i, random);
    const digest = digestOf(i);
    return {
      id: digest,
      ...{ reference: `${repository}@${digest}`, platform: 'linux/amd64', repository, digest, state },
      names: [`${repository}:1.${i % 40}.0`],
      reasons: reasonsOf(state),
      ...{ sizeBytes: 84_000_000, distribution: 'debian 12' },
      ...(state === 'complete' || state === 'partial' ? knownAt(i, nowMs, random) : nothingKnown),
      ...(state === 'scanning' ? { progress: progressAt() } : {}),
      workloads: Array.from({ length: 1 + Math.floor(random() ** 3 * 6) }, (_unused, w) => ({
        ...{ group: 'apps', namespace: i % 3 === 0 ? 'shop' : `team-${i % 30}`, kind: 'Deployment' },
        ...{ name: `cart-${i}-${w}`, container: 'main' },
      })),
    };
  });
}

/** The first few have a state each; of the others few wait. */
function stateAt(i: number, random: () => number): ImageJson['state'] {
  const first = (['complete', 'unknown', 'partial', 'scanning'] as const)[i];
  return first ?? (random() < 0.03 ? 'waiting' : 'complete');
}

const nothingKnown = {
  ...{ packages: 0, vulnerabilities: noCounts(), knownExploited: 0, ignored: 0, risk: 0 },
};

function knownAt(i: number, nowMs: number, random: () => number) {
  const vulnerabilities = noCounts();
  for (const severity of ['critical', 'high', 'medium', 'low', 'negligible'] as const) {
    const all = Math.floor(random() ** 4 * 40);
    vulnerabilities[severity] = { all, fixable: Math.floor(all * random()) };
  }
  const isWorst = i === 0;
  if (isWorst) vulnerabilities.critical = { all: 3, fixable: 2 };
  return {
    ...{ packages: 80 + Math.floor(random() * 500), vulnerabilities },
    ...{ knownExploited: isWorst ? 1 : 0, ignored: isWorst ? 2 : 0 },
    risk: isWorst ? 97.4 : random() ** 6 * 60,
    ...{ matchedAtMs: nowMs - 40_000, builtAtMs: nowMs - Math.floor(random() * 400) * dayMs },
  };
}

function progressAt() {
  return {
    ...{ phase: 'layers' as const, layers: 9, layersDone: 4, layersCached: 3 },
    ...{ bytes: 84_000_000, bytesDone: 31_000_000 },
  };
}

function reasonsOf(state: string): string[] {
  if (state === 'unknown')
    return ['ghcr.io/shop/storefront: the registry says 401: it wants a login, and there is none for it'];
  if (state === 'partial') return ['2 packages have no version: setup.py of /opt/tools, and libfoo'];
  return [];
}

const vulnerable: readonly (readonly [string, ImageSeverity, string, string, string])[] = [
  ['CVE-2026-40001', 'critical', 'openssl', '3.0.11-1~deb12u2', '3.0.16-1~deb12u1'],
  ['CVE-2026-40002', 'critical', 'libxml2', '2.9.14+dfsg-1.3', '2.9.14+dfsg-1.4'],
  ['GHSA-7h2j-956f-4vf2', 'high', 'lodash', '4.17.20', '4.17.21'],
  ['CVE-2025-31115', 'high', 'xz-utils', '5.4.1-0.2', ''],
  ['CVE-2024-2236', 'medium', 'libgcrypt20', '1.10.1-3', ''],
  ['CVE-2010-4756', 'negligible', 'libc6', '2.36-9', ''],
];

function makeDetail(nowMs: number, first: ImageJson | undefined): ImageDetailJson {
  if (first === undefined) throw new Error('there is no image');
  const matches = Array.from({ length: 480 }, (_, i) => vulnerabilityAt(i, nowMs));
  const none = noCounts();
  return {
    id: first.id,
    digest: first.id,
    imageId: digestOf(77),
    uses: [first],
    registries: [],
    state: 'complete',
    reasons: [],
    ...{ matchedAtMs: nowMs - 40_000, catalogedAtMs: nowMs - 9 * dayMs, builtAtMs: nowMs - 31 * dayMs },
    ...{ sizeBytes: 84_000_000, platform: 'linux/amd64', distribution: 'debian 12.5', packages: 412 },
    layers: [
      {
        digest: digestOf(1),
        packages: 388,
        vulnerabilities: { ...none, critical: { all: 2, fixable: 2 }, high: { all: 9, fixable: 1 } },
      },
      { digest: digestOf(2), packages: 0, vulnerabilities: none },
      { digest: digestOf(3), packages: 24, vulnerabilities: { ...none, high: { all: 1, fixable: 1 } } },
    ],
    vulnerabilities: matches,
    ignored: [
      {
        ...vulnerabilityAt(4, nowMs),
        id: 'CVE-2023-99999',
        status: 'ignored',
        ignored: { by: 'vex cart.openvex.json', reason: 'not_affected: vulnerable_code_not_in_execute_path' },
      },
      {
        ...vulnerabilityAt(5, nowMs),
        id: 'CVE-2019-1010022',
        ignored: { by: 'ignore rule of grype.yaml', reason: 'disputed by the authors' },
      },
    ],
    hasSbom: true,
  };
}

function vulnerabilityAt(i: number, nowMs: number): ImageVulnerabilityJson {
  const [id, severity, name, version, fix] = vulnerable[i % vulnerable.length] ??
    vulnerable[0] ?? ['', 'low', '', '', ''];
  const round = Math.floor(i / vulnerable.length);
  return {
    id: round === 0 ? id : `${id}${round}`,
    aliases: id.startsWith('GHSA') ? ['CVE-2021-23337'] : [],
    namespace: 'debian:distro:debian:12',
    severity: severity as ImageSeverity,
    knownExploited: i === 0,
    risk: i === 0 ? 97.4 : 40 / (i + 1),
    epss: 0.421,
    package: { type: 'deb', name, version, purl: `pkg:deb/debian/${name}@${version}` },
    layers: [0],
    fix: fix === '' ? { state: 'not-fixed', versions: [] } : { state: 'fixed', versions: [fix] },
    reasons: [
      {
        ...{ kind: 'exact-indirect-match', matcher: 'dpkg-matcher', searchedFor: `${name} ${version}` },
        ...{ constraint: fix === '' ? '' : `< ${fix}`, comparator: 'dpkg' },
      },
    ],
    status: i < 2 ? 'new' : 'still',
    firstSeenMs: nowMs - (i + 1) * hourMs,
  };
}

/** An image whose scan goes on, one that cannot be had, one that is known. */
function imageOf(
  id: string,
  images: readonly ImageJson[],
  detail: ImageDetailJson,
): ImageDetailJson | undefined {
  const found = images.find((image) => image.id === id);
  if (found === undefined) return undefined;
  if (found === images[0]) return detail;
  const { state, reasons, platform } = found;
  return {
    ...{
      id,
      imageId: '',
      uses: [found],
      state,
      reasons,
      sizeBytes: 0,
      platform,
      distribution: '',
      packages: 0,
    },
    ...{ layers: [], vulnerabilities: [], ignored: [], hasSbom: false, registries: [] },
  };
}

function makePackages(): ImagePackagesJson['items'] {
  return Array.from({ length: 412 }, (_, i) => {
    const [, severity, name, version] = vulnerable[i] ?? ['', 'low', `library-${i}`, `1.${i}.0`, ''];
    return {
      ...{ type: 'deb', name, version, purl: `pkg:deb/debian/${name}@${version}`, licenses: ['MIT'] },
      ...{ paths: ['/var/lib/dpkg/status'], layers: [i < 388 ? 0 : 2] },
      vulnerabilities: i < 6 ? 6 - i : 0,
      ...(i < 6 ? { worst: severity as ImageSeverity } : {}),
    };
  });
}

const places = [
  { group: 'apps', namespace: 'shop', kind: 'Deployment', name: 'cart', container: 'main' },
  { group: 'apps', namespace: 'shop', kind: 'StatefulSet', name: 'cart-db', container: 'postgres' },
];

function makeNews(nowMs: number, count: number): ImageNewsJson['items'] {
  return Array.from({ length: count }, (_, i) => {
    const [id, severity, name, version, fix] = vulnerable[i % vulnerable.length] ?? ['', 'low', '', '', ''];
    const kind = i % 7 === 3 ? ('ignored' as const) : i % 3 === 2 ? ('fixed' as const) : ('new' as const);
    const atMs = nowMs - i * 600_000;
    return {
      ...{ repository: 'ghcr.io/shop/cart', vulnerability: i < 6 ? id : `${id}${i}`, aliases: [] },
      ...{
        severity: severity as ImageSeverity,
        knownExploited: i === 0,
        packageType: 'deb',
        packageName: name,
      },
      ...{ installed: version, fixedIn: fix, firstSeenMs: atMs, kind, atMs },
      ...{ workloads: places, workloadTotal: 2 },
    };
  });
}

function makeCve(nowMs: number): CveJson {
  const common = {
    ...{ vulnerability: 'CVE-2026-40001', aliases: [], severity: 'critical' as const, knownExploited: true },
    ...{
      packageType: 'deb',
      packageName: 'openssl',
      installed: '3.0.11-1~deb12u2',
      fixedIn: '3.0.16-1~deb12u1',
    },
  };
  const image = (i: number) => ({
    ...{ id: digestOf(i), reference: `${repositories[i]}@${digestOf(i)}`, platform: 'linux/amd64' },
    names: [`${repositories[i]}:1.0`],
  });
  return {
    ...{ id: 'CVE-2026-40001', aliases: ['GHSA-xxxx-yyyy-zzzz'], severity: 'critical', risk: 97.4 },
    elsewhere: { total: 0, items: [] },
    description:
      'A flaw in the handling of renegotiation lets somebody who can open a connection run code of their choice in the process that accepts it.',
    urls: ['https://example.org/advisories/2026-40001', 'javascript:alert(1)'],
    cvss: [
      {
        vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        version: '3.1',
        score: 9.8,
        source: 'nvd@nist.gov',
      },
    ],
    epss: { probability: 0.9412, percentile: 0.999, date: '2026-11-20' },
    knownExploited: {
      ...{ dateAdded: '2026-11-18', dueDate: '2026-12-02', ransomware: true },
      requiredAction: 'Apply the update of the vendor, or take it off the network.',
    },
    ...{ publishedAtMs: nowMs - 9 * dayMs, modifiedAtMs: nowMs - dayMs },
    records: ['debian:distro:debian:12: CVE-2026-40001'],
    findings: [
      {
        ...{ ...common, repository: 'ghcr.io/shop/cart', status: 'new', firstSeenMs: nowMs - 5 * hourMs },
        ...{ isBaseline: false, images: [image(0)], workloads: places, workloadTotal: 30 },
      },
      {
        ...{ ...common, repository: 'docker.io/library/postgres', status: 'ignored' },
        ...{
          firstSeenMs: nowMs - 9 * dayMs,
          isBaseline: true,
          images: [image(3)],
          workloads: [],
          workloadTotal: 0,
        },
        ignored: {
          by: 'vex postgres.json',
          reason: 'not_affected: component_not_present',
          atMs: nowMs - dayMs,
        },
      },
      {
        ...{ ...common, repository: 'quay.io/team/worker', status: 'fixed', firstSeenMs: nowMs - 9 * dayMs },
        ...{ isBaseline: true, fixedAtMs: nowMs - 2 * dayMs, images: [], workloads: [], workloadTotal: 0 },
      },
    ],
  };
}
