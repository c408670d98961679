import { admissionRoutes } from '../../../src/api/skopos/admission.ts';
import type {
  AdmissionDecisionJson,
  AdmissionJson,
  AdmissionWhatIfJson,
} from '../../../src/api/skopos/admission-contract.ts';
import { jobRoutes } from '../../../src/api/skopos/jobs.ts';
import type {
  JobDetailJson,
  JobJson,
  JobResultJson,
  ScheduleJson,
} from '../../../src/api/skopos/operator-contract.ts';
import type { JobFilter, OperatorSource } from '../../../src/api/skopos/operator-source.ts';
import { scheduleRoutes } from '../../../src/api/skopos/schedules.ts';
import { createServer, type FastifyInstance } from '../../../src/http/server.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { cronTimes } from '../../../src/operator/schedules/cron.ts';
import { pick, seeded } from './random.ts';

/** Whether the real routes over made-up jobs, recurring scans and decisions answer it. */
export function isOperator(resource: string): boolean {
  return /^(?:jobs(?:\/.*)?|schedules(?:\/.*)?|operator|cron-preview|admission(?:\/.*)?)$/.test(resource);
}

/** 1,200 jobs, some recurring scans and a busy webhook; and a process that nobody asked for anything. */
export function fakeOperator(nowMs: number): {
  readonly busy: FastifyInstance;
  readonly empty: FastifyInstance;
} {
  return {
    busy: serve(makeJobs(nowMs), makeSchedules(nowMs), makeAdmission(nowMs), makeDecisions(nowMs)),
    empty: serve([], [], off, []),
  };
}

const off: AdmissionJson = {
  ...{
    enabled: false,
    rules: [],
    failurePolicy: 'open',
    exempt: [],
    problem: '',
    byControl: [],
    minutes: [],
  },
};
const noStates = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };

function serve(
  jobs: readonly JobJson[],
  schedules: readonly ScheduleJson[],
  admission: AdmissionJson,
  decisions: readonly AdmissionDecisionJson[],
): FastifyInstance {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  const countsOf = (some: readonly JobJson[]) => {
    const counts = { ...noStates };
    for (const { state } of some) counts[state]++;
    return counts;
  };
  const job = (id: string): JobDetailJson | undefined => {
    const found = jobs.find((one) => one.id === id);
    if (found === undefined) return undefined;
    return {
      ...found,
      parts: countsOf(jobs.filter((one) => one.isPart && one.parentId === id)),
      hasReport: found.origin === 'scan',
    };
  };
  const source = {
    jobs(filter: JobFilter) {
      const { states, schedule, parentId, text, offset, limit } = filter;
      const found = jobs
        .filter((one) => (parentId === undefined ? !one.isPart : one.isPart && one.parentId === parentId))
        .filter((one) => schedule === undefined || one.schedule === schedule)
        .filter((one) => `${one.title} ${one.reason} ${one.id}`.toLowerCase().includes(text.toLowerCase()));
      const shown = found.filter(({ state }) => states.length === 0 || states.includes(state));
      return {
        items: shown.slice(offset, offset + limit),
        total: shown.length,
        states: countsOf(found),
        waiting: found.filter(({ state }) => state === 'queued').length,
      };
    },
    job,
    start: () => [{ job: started, isNew: true }],
    schedules: async () => ({
      items: schedules,
      keeper: 'built-in' as const,
      problem: schedules.length === 0 ? '' : '403: we may not list cronjobs.batch in the namespace skopos',
    }),
    nextTimes(cron: string, timeZone: string, count: number) {
      const { next } = cronTimes(cron, timeZone);
      const times: number[] = [];
      for (let atMs = next(Date.now()); atMs !== undefined && times.length < count; atMs = next(atMs))
        times.push(atMs);
      return times;
    },
  } as unknown as OperatorSource;
  jobRoutes(app, source);
  scheduleRoutes(app, source);
  admissionRoutes(app, { status: () => admission, decisions: () => decisions, whatIf: () => trial });
  return app;
}

/** What is asked for from a page. */
const started: JobJson = {
  ...{
    id: 'job-17',
    parentId: '',
    isPart: false,
    kind: 'images',
    command: 'scan',
    origin: 'api',
    schedule: '',
  },
  ...{ title: 'Scan of the images of Deployment shop/cart', state: 'queued', reason: '', createdAtMs: 0 },
};

const posture = (score: number, corrected = 0): JobResultJson => ({
  type: 'posture',
  objects: 9935,
  corrected,
  verdicts: { pass: 201_440, fail: 12_031, unknown: 812, excepted: 96, 'not-applicable': 4 },
  failed: { critical: 12, high: 844, medium: 6_210, low: 4_965, unknown: 0 },
  controls: { pass: 3, fail: 19, unknown: 3, 'not-applicable': 1 },
  score,
  honest: score - 4,
  frameworks: [{ name: 'NSA', score, honest: score - 4 }],
  warnings:
    corrected === 0
      ? []
      : [
          'NetworkPolicy cannot be read: 403: we may not list and watch networkpolicies.networking.k8s.io; grant it in the role of the service account',
        ],
});

const images = (failedImages: number): JobResultJson => ({
  type: 'images',
  images: 14,
  failedImages,
  vulnerabilities: { critical: 3, high: 41, medium: 120, low: 88, unknown: 2 },
  fixable: 77,
  warnings: [],
});

type Made = Partial<JobJson> & Pick<JobJson, 'id' | 'title' | 'state'>;

function makeJobs(nowMs: number): JobJson[] {
  const random = seeded(7);
  const base = {
    parentId: '',
    isPart: false,
    kind: 'posture',
    command: 'kubescapeScan',
    origin: 'api',
  } as const;
  const made = (minutesAgo: number, changes: Made): JobJson => {
    const createdAtMs = nowMs - minutesAgo * 60_000;
    const isBegun = changes.state !== 'queued';
    const isEnded = isBegun && changes.state !== 'running';
    return {
      ...base,
      ...{ schedule: '', reason: '', createdAtMs },
      ...(isBegun ? { startedAtMs: createdAtMs + 40 } : {}),
      ...(isEnded ? { endedAtMs: createdAtMs + 40 + Math.floor(random() * 90_000) } : {}),
      ...changes,
    };
  };
  const first: JobJson[] = [
    made(1, { id: 'job-waiting', title: 'Scan of the namespace team-storage', state: 'queued' }),
    made(2, {
      id: 'job-running',
      title: 'Scan of the images of the namespace shop',
      state: 'running',
      kind: 'images',
    }),
    made(9, {
      id: 'job-scan',
      title: 'Scan of the cluster',
      state: 'done',
      origin: 'scan',
      result: posture(71, 2),
    }),
    made(25, {
      ...{ id: 'job-images', title: 'Scan of the images of all workloads', state: 'done', kind: 'images' },
      ...{ origin: 'schedule', schedule: 'nightly-images', command: 'scan', result: images(2) },
    }),
    made(31, {
      ...{
        id: 'job-registry',
        title: 'Scan of the registry quay.example.org/a/very/long/project/name',
        state: 'failed',
      },
      ...{ kind: 'registry', command: 'scanRegistryV2', origin: 'command', parentId: 'gateway-77f1' },
      reason:
        'the registry quay.example.org refuses the login of the Secret skopos/registry-credentials: 401 unauthorized: invalid username or password',
    }),
    made(44, {
      id: 'job-away',
      title: 'Scan of the cluster',
      state: 'cancelled',
      reason: 'it was cancelled',
    }),
  ];
  const parts = Array.from({ length: 14 }, (_, i): JobJson => {
    const isFailed = i % 6 === 5;
    const reason = 'registry.example.org/shop/cart:1.4.2 is not there: 404 manifest unknown';
    return made(25, {
      ...{ id: `job-images-${i}`, title: `Scan of the images of Deployment shop/cart-${i}`, kind: 'images' },
      ...{ parentId: 'job-images', isPart: true },
      ...(isFailed ? { state: 'failed', reason } : { state: 'done', result: images(0) }),
    } as Made);
  });
  const older = Array.from({ length: 1_180 }, (_, i): JobJson => {
    const isFailed = random() < 0.04;
    const schedule = pick(['', '', 'nightly', 'hourly-shop'], random);
    return made(60 + i * 17, {
      ...{
        id: `job-${i}`,
        title: `Scan of ${pick(['the cluster', 'the namespace shop', 'NSA'], random)}`,
        schedule,
      },
      ...(schedule === '' ? {} : { origin: 'schedule' }),
      ...(isFailed
        ? { state: 'failed', reason: 'the objects have not been read completely yet' }
        : { state: 'done', result: posture(60 + Math.floor(random() * 30)) }),
    } as Made);
  });
  return [...first, ...parts, ...older];
}

function makeSchedules(nowMs: number): ScheduleJson[] {
  const common = { kind: 'posture', timeZone: '', isPaused: false, commands: [{}], problem: '' } as const;
  const [lastRun] = makeJobs(nowMs).filter(({ schedule }) => schedule === 'nightly-images');
  const dayMs = 86_400_000;
  return [
    {
      ...common,
      ...{
        name: 'nightly',
        cron: '30 2 * * *',
        timeZone: 'Europe/Berlin',
        about: 'the cluster',
        runBy: 'cronjob',
      },
      ...{ madeBy: 'kubescape', createdAtMs: nowMs - 90 * dayMs, nextMs: nowMs + dayMs / 3 },
    },
    {
      ...common,
      ...{ name: 'nightly-images', kind: 'images', cron: '@daily', about: 'the images of all workloads' },
      ...{ runBy: 'skopos', madeBy: 'skopos', createdAtMs: nowMs - 3 * dayMs, nextMs: nowMs + dayMs / 2 },
      ...(lastRun === undefined ? {} : { lastRun }),
    },
    {
      ...common,
      ...{
        name: 'hourly-shop',
        cron: '7 * * * *',
        about: 'the namespace shop',
        runBy: 'skopos',
        madeBy: 'skopos',
      },
      ...{ createdAtMs: nowMs - dayMs, isPaused: true },
    },
    {
      ...common,
      ...{
        name: 'registry-of-a-team-with-a-name-that-is-as-long-as-is-allow',
        kind: 'registry',
        cron: '0 4 31 2 *',
      },
      ...{
        about: 'the registry quay.example.org/a/very/long/project/name',
        runBy: 'cronjob',
        madeBy: 'skopos',
      },
      ...{ createdAtMs: nowMs - dayMs, problem: 'its ConfigMap is gone: it will scan nothing' },
    },
  ];
}

const controls = [
  { controlId: 'C-0057', control: 'Privileged container', severity: 'high' },
  { controlId: 'C-0046', control: 'Insecure capabilities', severity: 'high' },
  { controlId: 'C-0013', control: 'Non-root containers', severity: 'medium' },
  { controlId: 'C-0270', control: 'Ensure CPU limits are set', severity: 'low' },
];

function makeAdmission(nowMs: number): AdmissionJson {
  const random = seeded(3);
  return {
    enabled: true,
    rules: [
      {
        ...{ name: 'production', action: 'deny', on_unknown: 'warn', severities: ['critical', 'high'] },
        namespaces: { matchLabels: { stage: 'production' } },
      },
      { name: 'the rest', action: 'warn', on_unknown: 'ignore', frameworks: ['NSA'] },
    ],
    failurePolicy: 'open',
    exempt: ['kube-system', 'skopos'],
    problem:
      'the registration of the webhook could not be brought up to date: 403: we may not patch validatingwebhookconfigurations',
    certificateUntilMs: nowMs + 19 * 86_400_000,
    byControl: controls.map(({ controlId, control }, i) => ({
      ...{ controlId, control, denied: 310 - i * 90, warned: 44 * i, audited: 12 },
    })),
    minutes: Array.from({ length: 58 }, (_, i) => ({
      atMs: nowMs - (60 - i) * 60_000,
      requests: 40 + Math.floor(random() * 400),
      p50Ms: 0.3 + random() * 0.4,
      p99Ms: 1.5 + random() * (i % 20 === 19 ? 30 : 4),
    })),
  };
}

function makeDecisions(nowMs: number): AdmissionDecisionJson[] {
  const random = seeded(11);
  return Array.from({ length: 400 }, (_, i) => {
    const outcome = pick(['denied', 'warned', 'warned', 'allowed'] as const, random);
    const action = outcome === 'denied' ? 'deny' : outcome === 'warned' ? 'warn' : 'audit';
    return {
      ...{
        atMs: nowMs - i * 7_000,
        tookMs: 0.2 + random() * 3,
        uid: `uid-${i}`,
        outcome,
        dryRun: i % 9 === 0,
      },
      operation: pick(['CREATE', 'UPDATE'], random),
      object: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: `workload-${i}-with-a-name` },
      user: pick(['system:serviceaccount:argocd:argocd-application-controller', 'jane@example.org'], random),
      breaches: controls.slice(0, 1 + (i % 3)).map((control) => ({
        ...control,
        ...{ state: 'fail', rule: 'production', action, message: 'container "main" is privileged' },
        ...{ path: 'spec.template.spec.containers[0].securityContext.privileged', fix: 'set it to false' },
      })),
    };
  });
}

const trial: AdmissionWhatIfJson = {
  ...{ objects: 9935, denied: 214, warned: 1301 },
  byControl: controls.map(({ controlId }, i) => ({ controlId, denied: 120 - i * 30, warned: i * 300 })),
  byNamespace: ['shop', 'team-storage', 'gpu'].map((namespace, i) => ({
    namespace,
    denied: 100 - i * 30,
    warned: 400,
  })),
  examples: Array.from({ length: 30 }, (_, i) => ({
    object: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: `cart-${i}` },
    outcome: i < 20 ? ('denied' as const) : ('warned' as const),
    controlIds: ['C-0057', 'C-0046'],
  })),
};
