import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { freePort } from '../../../bench/support/program.ts';

// Suites and benches run in the project's folder; benches are compiled into another.
const root = process.cwd();

/** Where the API server and etcd are, or why the suite cannot run here. */
export interface Binaries {
  readonly folder: string;
  readonly missing: string;
}

/** Finds the built peers, and builds them first where there is Go. */
export function binaries(): Binaries {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts/peers.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const folder = stdout.trim();
  const isThere = status === 0 && existsSync(join(folder, 'kube-apiserver'));
  return { folder, missing: isThere ? '' : 'no API server: npm run peers needs Go' };
}

/** A user of the API server, by a fixed token. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export const admin: User = { name: 'admin', groups: ['system:masters'] };

export interface KubeClusterOptions {
  /** Besides the admin. */
  readonly users?: readonly User[];
  /** More flags of the API server. */
  readonly flags?: readonly string[];
}

/** A real API server with its etcd on loopback, role-based access control on, and no controllers or nodes. */
export class KubeCluster {
  readonly url: string;
  readonly dir: string;
  readonly #folder: string;
  readonly #users: readonly User[];
  readonly #flags: readonly string[];
  readonly #etcdUrl: string;
  readonly #peerUrl: string;
  #etcd: ChildProcess | undefined;
  #api: ChildProcess | undefined;
  #agent: Agent | undefined;

  private constructor(
    folder: string,
    ports: readonly number[],
    { users = [], flags = [] }: KubeClusterOptions,
  ) {
    const [api, client, peer] = ports;
    this.#folder = folder;
    this.#users = [admin, ...users];
    this.#flags = flags;
    this.url = `https://127.0.0.1:${api}`;
    this.#etcdUrl = `http://127.0.0.1:${client}`;
    this.#peerUrl = `http://127.0.0.1:${peer}`;
    this.dir = mkdtempSync(join(tmpdir(), 'skopos-cluster-'));
  }

  /** Starts both, and waits until the API server answers. Not before {@link close} does it end. */
  static async start(folder: string, options: KubeClusterOptions = {}): Promise<KubeCluster> {
    const ports = [await freePort(), await freePort(), await freePort()];
    const cluster = new KubeCluster(folder, ports, options);
    cluster.#prepare();
    cluster.#startEtcd();
    await cluster.startApi();
    return cluster;
  }

  /** The API server; at once after {@link killApi} too, on the same port and with the same state. */
  async startApi(): Promise<void> {
    const port = new URL(this.url).port;
    this.#api = this.#spawn('kube-apiserver', [
      `--etcd-servers=${this.#etcdUrl}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${join(this.dir, 'certs')}`,
      `--service-account-key-file=${this.#file('sa.key')}`,
      `--service-account-signing-key-file=${this.#file('sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--authorization-mode=RBAC',
      `--token-auth-file=${this.#file('tokens.csv')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--disable-admission-plugins=ServiceAccount',
      '--allow-privileged=true',
      ...this.#flags,
    ]);
    await this.#ready();
  }

  /** Where its etcd listens, for what would take too long by the API server. */
  get etcdUrl(): string {
    return this.#etcdUrl;
  }

  async killApi(): Promise<void> {
    await killed(this.#api);
  }

  /** A request by a user; the body of the answer, parsed. @throws for a status of 400 and more. */
  async request<Answer>(method: string, path: string, body?: object, user: User = admin): Promise<Answer> {
    const patch = { 'content-type': 'application/merge-patch+json' };
    const reply = await fetch(`${this.url}${path}`, {
      method,
      dispatcher: this.#dispatcher(),
      headers: {
        authorization: `Bearer ${tokenOf(user)}`,
        ...(method === 'PATCH' ? patch : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** Writes a kubeconfig for a user. @returns the file */
  kubeconfig(user: User = admin): string {
    const file = this.#file(`${user.name.replace(/\W/g, '-')}.kubeconfig`);
    const certificate = readFileSync(join(this.dir, 'certs/apiserver.crt')).toString('base64');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [{ name: 'test', cluster: { server: this.url, 'certificate-authority-data': certificate } }],
      users: [{ name: user.name, user: { token: tokenOf(user) } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: user.name } }],
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  async close(): Promise<void> {
    await killed(this.#api);
    await killed(this.#etcd);
    await this.#agent?.destroy();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #prepare(): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(this.#file('sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
    const rows = this.#users.map(
      (user) => `${tokenOf(user)},${user.name},${user.name},"${user.groups.join(',')}"`,
    );
    writeFileSync(this.#file('tokens.csv'), `${rows.join('\n')}\n`);
  }

  #startEtcd(): void {
    this.#etcd = this.#spawn('etcd', [
      `--data-dir=${join(this.dir, 'etcd')}`,
      `--listen-client-urls=${this.#etcdUrl}`,
      `--advertise-client-urls=${this.#etcdUrl}`,
      `--listen-peer-urls=${this.#peerUrl}`,
      `--initial-advertise-peer-urls=${this.#peerUrl}`,
      `--initial-cluster=default=${this.#peerUrl}`,
      '--unsafe-no-fsync',
    ]);
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 600 && this.#api?.exitCode === null; tries++) {
      const isReady = await fetch(`${this.url}/readyz`, {
        dispatcher: this.#dispatcher(),
        headers: { authorization: `Bearer ${tokenOf(admin)}` },
      }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const log = readFileSync(this.#file('kube-apiserver.log'), 'utf8').slice(-2000);
    throw new Error(`the API server is not ready: ${log}`);
  }

  #spawn(name: string, args: readonly string[]): ChildProcess {
    const log = openSync(this.#file(`${name}.log`), 'a');
    return spawn(join(this.#folder, name), args, { stdio: ['ignore', log, log], cwd: this.dir });
  }

  /** Its certificate is its own; tests of certificates go by {@link kubeconfig}. */
  #dispatcher(): Agent {
    // Each connection costs a handshake; more than a few wait for each other.
    this.#agent ??= new Agent({ connections: 24, connect: { rejectUnauthorized: false } });
    return this.#agent;
  }

  #file(name: string): string {
    return join(this.dir, name);
  }
}

function tokenOf({ name }: User): string {
  return `token-of-${name}`;
}

async function killed(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
