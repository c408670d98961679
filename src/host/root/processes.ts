import { posix } from 'node:path';
import type { HostRoot } from './host-root.ts';
import { type Reading, readValue } from './reading.ts';

/** A program that runs on the host. */
export interface HostProcess {
  readonly pid: number;
  /** The command line, the program first. Not redacted. */
  readonly args: readonly string[];
}

/** What runs on the host, as far as it can be seen. */
export interface Processes {
  /** The one of the lowest number whose program has one of these names; undefined when none can be seen. */
  find(names: readonly string[]): HostProcess | undefined;
  /** Whether any program of these names runs. */
  has(names: readonly string[]): boolean;
  /** Why it cannot be told what runs; undefined when it can. */
  readonly unseen: string | undefined;
}

const mostProcesses = 32_768;
/** The kernel gives out whole command lines; those of what is looked for are short. */
const mostBytes = 128 * 1024;

/** Programs that are many in one: `hyperkube kubelet`, `k3s server`. */
const bundles: ReadonlySet<string> = new Set(['hyperkube', 'minikube']);

/** Reads what runs, once. */
export async function readProcesses(proc: HostRoot): Promise<Processes> {
  const names = await proc.list('/', mostProcesses);
  const pids = (readValue(names) ?? [])
    .filter((name) => /^\d{1,10}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
  const found: HostProcess[] = [];
  for (const pid of pids) {
    const args = argsOf(readValue(await proc.readPlain(`/${pid}/cmdline`, mostBytes)));
    if (args.length > 0) found.push({ pid, args });
  }
  const byName = new Map<string, HostProcess>();
  for (const process of found) {
    const name = programOf(process.args);
    if (!byName.has(name)) byName.set(name, process);
  }
  const kubelet = byName.get('kubelet');
  if (kubelet !== undefined && (await isOfPod(proc, kubelet.pid)))
    await replaceByOutsider(proc, byName, found, 'kubelet');
  return {
    find: (wanted) => wanted.map((name) => byName.get(name)).find((process) => process !== undefined),
    has: (wanted) => wanted.some((name) => byName.has(name)),
    unseen: whyUnseen(names, byName),
  };
}

/** Arguments of `/proc/<pid>/cmdline`, which end with a zero byte each; none of kernel threads. */
export function argsOf(content: Buffer | undefined): readonly string[] {
  if (content === undefined || content.length === 0) return [];
  const args = content.toString('utf8').split('\0');
  if (args.at(-1) === '') args.pop();
  return args;
}

/** The name of the program, without its folder. */
function programOf(args: readonly string[]): string {
  const [first = '', second = ''] = args;
  const name = posix.basename(first.trim());
  return bundles.has(name) ? second : name;
}

/** Pods can call their programs what they like: the kubelet of a node runs in none. */
async function replaceByOutsider(
  proc: HostRoot,
  byName: Map<string, HostProcess>,
  all: readonly HostProcess[],
  name: string,
): Promise<void> {
  byName.delete(name);
  for (const process of all) {
    if (programOf(process.args) !== name || (await isOfPod(proc, process.pid))) continue;
    byName.set(name, process);
    return;
  }
}

async function isOfPod(proc: HostRoot, pid: number): Promise<boolean> {
  return (readValue(await proc.text(`/${pid}/cgroup`)) ?? '').includes('kubepods');
}

/** Every node runs a kubelet, alone or inside of k3s: where there is none, its processes are hidden from us. */
function whyUnseen(
  names: Reading<readonly string[]>,
  byName: ReadonlyMap<string, HostProcess>,
): string | undefined {
  if ('obstacle' in names) return `what runs on the node cannot be seen: /proc${names.reason}`;
  if (nodePrograms.some((name) => byName.has(name))) return undefined;
  return 'what runs on the node cannot be seen: no kubelet is among its processes; give the node process the host’s /proc (hostPID, and no hidepid)';
}

/** Programs that are a kubelet, or have one in them. */
export const nodePrograms = [
  'kubelet',
  'k3s',
  'k3s-server',
  'k3s-agent',
  'rke2',
  'k0s',
  'snapd-kubelite',
  'kubelite',
];
