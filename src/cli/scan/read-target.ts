import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, relative, resolve } from 'node:path';
import { ClusterSource } from '../../inventory/cluster/cluster-source.ts';
import { kindsFor } from '../../inventory/cluster/kinds.ts';
import { type FileProblem, formatProblem } from '../../inventory/folder/problem.ts';
import { ManifestError, type Manifests, readManifests } from '../../inventory/folder/read-manifests.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { isHelmChart, renderHelmChart } from '../../inventory/render/helm-chart.ts';
import { isKustomization, renderKustomization } from '../../inventory/render/kustomization.ts';
import type { ObjectSource, Rendered } from '../../inventory/render/rendered.ts';
import type { ToolOptions } from '../../inventory/render/run-tool.ts';
import { BadInputError, UnavailableError } from '../../kit/app-error.ts';
import { systemClock } from '../../kit/clock.ts';
import { discover } from '../../kube/discovery.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { type AccessChoice, loadAccess } from '../../kube/load-access.ts';
import { createLogger } from '../../log/logger.ts';
import { keyOf, refOf } from '../../model/object.ts';
import type { Control } from '../../posture/control.ts';
import { hostTarget, readHost } from './read-host.ts';
import type { ScanResult } from './scan-result.ts';

export interface TargetOptions {
  /** A file or folder, `-` for standard input, `cluster`, or `host`. */
  readonly target: string;
  /** For cluster: kinds that are judged; what is always of interest when left out. */
  readonly judged?: readonly string[];
  /** For cluster: whether anything asks what the API server says of itself. */
  readonly serverInfo?: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** For host: the folder that its files are in. */
  readonly hostRoot?: string;
  /** How long to wait for a cluster. */
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of a Helm chart: files of values, values by themselves, and the release's name. */
  readonly values?: readonly string[];
  readonly set?: readonly string[];
  readonly releaseName?: string;
  readStdin(): Promise<string>;
}

/** The objects of a target. Files in the inventory's origins are absolute, or `-`. */
export interface Target {
  readonly source: ScanResult['source'];
  readonly inventory: Inventory;
  readonly warnings: readonly string[];
  /** By key, where an object was made from files by a tool: how lines of it are found there. */
  readonly sources?: ReadonlyMap<string, ObjectSource>;
  /** Whether a control has anything to say of the target; all have when left out. */
  isAbout?(control: Control): boolean;
  /** What came by standard input. */
  readonly stdin?: string;
}

/**
 * @throws {BadInputError} when a manifest cannot be read, naming each place with file, line and column, or the flags are wrong.
 * @throws {UnavailableError | KubeError} when the cluster cannot be reached or refuses.
 */
export async function readTarget(options: TargetOptions): Promise<Target> {
  if (options.target === 'cluster') return await readCluster(options);
  if (options.kubeconfig !== undefined || options.context !== undefined)
    throw new BadInputError(
      options.kubeconfig === undefined ? '--context' : '--kubeconfig',
      `only goes with "skopos scan cluster", not with files (${options.target})`,
    );
  if (options.target === hostTarget) return await readHost(options.hostRoot, options.cwd);
  if (options.hostRoot !== undefined)
    throw new BadInputError('--host-root', `only goes with "skopos scan host", not with ${options.target}`);
  return await readFiles(options);
}

/** How a file is named to people: from the working directory where it is below that, whole elsewhere. */
export function shownFile(file: string, cwd: string): string {
  if (!isAbsolute(file)) return file;
  const near = relative(cwd, file);
  return near === '' || near.startsWith('..') ? file : near;
}

async function readFiles(options: TargetOptions): Promise<Target> {
  const { target, cwd, readStdin } = options;
  const path = resolve(cwd, target);
  if (target !== '-' && isHelmChart(path)) {
    const values = (options.values ?? []).map((file) => resolve(cwd, file));
    const { set, releaseName: release } = options;
    const more = { ...(set === undefined ? {} : { set }), ...(release === undefined ? {} : { release }) };
    return fromRendered(
      await rendering(renderHelmChart(path, { ...toolOptions(options), values, ...more }), cwd),
      options,
      'helm',
    );
  }
  if (options.values !== undefined || options.set !== undefined || options.releaseName !== undefined)
    throw new BadInputError('', `--values, --set and --release-name are for Helm charts; ${target} is none`);
  if (target !== '-' && isKustomization(path))
    return fromRendered(
      await rendering(renderKustomization(path, toolOptions(options)), cwd),
      options,
      'kustomize',
    );
  const stdin = target === '-' ? await readStdin() : undefined;
  const say = (problems: readonly FileProblem[]) =>
    problems.map((problem) => formatProblem({ ...problem, file: shownFile(problem.file, cwd) }));
  let manifests: Manifests;
  try {
    manifests = await readManifests(
      stdin === undefined ? { path: resolve(cwd, target) } : { text: stdin, name: '-' },
    );
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const errors = error.problems.filter(({ severity }) => severity === 'error');
    throw new BadInputError('', say(errors).join('\n'), { cause: error });
  }
  if (manifests.objects.length === 0) {
    const where = stdin === undefined ? target : 'standard input';
    const hint = stdin === undefined ? 'check the path; only .yaml, .yml and .json files are read' : '';
    throw new BadInputError(
      '',
      [`no Kubernetes object found in ${where}`, hint, ...say(manifests.problems)]
        .filter((part) => part !== '')
        .join('; '),
    );
  }
  const inventory = newInventory(target);
  inventory.apply(
    'folder',
    manifests.objects.map(({ object, origin }) => ({ type: 'put', object, origin, atMs: 0 })),
    { initial: true },
  );
  const name = stdin === undefined ? target : 'standard input';
  return {
    source: { kind: 'files', name },
    inventory,
    warnings: say(manifests.problems),
    ...(stdin === undefined ? {} : { stdin }),
  };
}

export function toolOptions({ cwd, env, signal }: TargetOptions): ToolOptions {
  return { cwd, env, signal };
}

/** @throws {BadInputError} when what was made is no manifest. */
async function rendering(work: Promise<Rendered>, cwd: string): Promise<Rendered> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const errors = error.problems.filter(({ severity }) => severity === 'error');
    const said = errors.map((problem) => formatProblem({ ...problem, file: shownFile(problem.file, cwd) }));
    throw new BadInputError('', said.join('\n'), { cause: error });
  }
}

function fromRendered(
  { objects, warnings }: Rendered,
  { target }: TargetOptions,
  rendered: 'helm' | 'kustomize',
): Target {
  if (objects.length === 0)
    throw new BadInputError('', `no Kubernetes object was made of ${target} by ${rendered}`);
  const inventory = newInventory(target);
  const changes = objects.map(({ object, origin }) => ({ type: 'put', object, origin, atMs: 0 }) as const);
  inventory.apply('folder', changes, { initial: true });
  const sources = new Map(
    objects.flatMap(({ object, source }) =>
      source === undefined ? [] : [[keyOf(refOf(object)), source] as const],
    ),
  );
  return { source: { kind: 'files', name: target, rendered }, inventory, warnings, sources };
}

async function readCluster(options: TargetOptions): Promise<Target> {
  const { signal, timeoutMs } = options;
  const kinds = kindsFor(options.judged ?? []);
  const choice = accessOf(options);
  const access = await loadAccess(choice);
  const client = new KubeClient(access);
  try {
    // Asked first, once: a cluster that is away or refuses is said at once and not waited for.
    await discover(client, kinds, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  } catch (error) {
    if (error instanceof DOMException) throw tooLate(access.server, timeoutMs, signal, '');
    throw error;
  } finally {
    await client.close();
  }
  const inventory = newInventory(access.name);
  const clusterSource = new ClusterSource({
    access: choice,
    inventory,
    kinds,
    clock: systemClock,
    log: createLogger('silent'),
    keepConfigMapValues: true,
    ...(options.serverInfo === true ? { keepServerInfo: true } : {}),
  });
  const stop = new AbortController();
  const running = clusterSource.run(AbortSignal.any([signal, stop.signal]));
  try {
    const isReady = await becomesReady(inventory, timeoutMs, signal);
    if (!isReady) throw tooLate(access.server, timeoutMs, signal, clusterSource.status().message);
  } finally {
    stop.abort();
    await running;
  }
  return { source: { kind: 'cluster', name: access.name }, inventory, warnings: [] };
}

function becomesReady(inventory: Inventory, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    const end = (isReady: boolean): void => {
      cancelTimer();
      cancelReady();
      signal.removeEventListener('abort', onAbort);
      done(isReady);
    };
    const onAbort = (): void => end(false);
    let cancelReady = (): void => undefined;
    const cancelTimer = systemClock.timer(timeoutMs, () => end(false));
    signal.addEventListener('abort', onAbort);
    cancelReady = inventory.onReady(() => end(true));
    if (signal.aborted) end(false);
  });
}

function tooLate(server: string, timeoutMs: number, signal: AbortSignal, why: string): UnavailableError {
  if (signal.aborted) return new UnavailableError('stopped before the cluster was read');
  return new UnavailableError(
    `${server} was not read within ${timeoutMs / 1000} s${why === '' ? '' : ` (${why})`}; give it longer with --timeout`,
  );
}

function newInventory(cluster: string): Inventory {
  return new Inventory({ cluster, clock: systemClock, log: createLogger('silent') });
}

/** As kubectl chooses: the flag, KUBECONFIG, ~/.kube/config, and in a pod its own service account. */
function accessOf({ kubeconfig, context, cwd, env }: TargetOptions): AccessChoice {
  const chosen = { ...(context === undefined ? {} : { context }) };
  if (kubeconfig !== undefined) return { kubeconfig: resolve(cwd, kubeconfig), ...chosen };
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const [only] = named;
  if (named.length > 1)
    throw new BadInputError(
      'KUBECONFIG',
      `names ${named.length} files, and one is read: give it with --kubeconfig`,
    );
  if (only !== undefined) return { kubeconfig: resolve(cwd, only), ...chosen };
  const own = join(env['HOME'] ?? homedir(), '.kube/config');
  if (existsSync(own) || context !== undefined) return { kubeconfig: own, ...chosen };
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined) return 'in-cluster';
  throw new BadInputError(
    '',
    `no cluster to scan: give --kubeconfig, or set KUBECONFIG (there is no ${own})`,
  );
}
