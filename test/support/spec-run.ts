import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { LedgerJson } from '../../src/api/skopos/contract.ts';
import { scaledConfig } from './scaled-config.ts';
import { freePort, SkoposProcess } from './skopos-process.ts';
import { startWebhookServer, type WebhookServer } from './webhook-server.ts';

/** Twenty times as fast: what takes a minute takes three seconds, which a busy machine still keeps up with. */
const factor = 20;
export const minuteMs = 60_000 / factor;
/** Alertmanager's defaults, which a document does not write and which have to be faster too. */
const routeDefaults = { group_wait: '30s', group_interval: '5m', repeat_interval: '4h' };
const patience = { timeout: 60_000, interval: 100 };

/** A Slack message as it reached the endpoint. */
export interface SlackMessage {
  readonly channel?: string;
  readonly attachments: readonly {
    readonly title: string;
    readonly text: string;
    readonly title_link?: string;
  }[];
}

/** An alert of a rule went into a state. */
export interface RuleStep {
  readonly decision: string;
  readonly atMs: number;
  readonly fingerprint: string;
}

/**
 * The first alert that fired, from pending to resolved. Under load a scrape may be missed, and an alert be pending once more
 * than the document has it: the last time before it fired counts.
 */
export function firstFired(steps: readonly RuleStep[]): {
  readonly pendingMs: number | undefined;
  readonly firingMs: number | undefined;
  readonly resolvedMs: number | undefined;
} {
  const firing = steps.find(({ decision }) => decision === 'firing');
  const own = steps.filter(({ fingerprint }) => fingerprint === firing?.fingerprint);
  const at = firing === undefined ? -1 : own.indexOf(firing);
  return {
    pendingMs: own.slice(0, at).findLast(({ decision }) => decision === 'pending')?.atMs,
    firingMs: firing?.atMs,
    resolvedMs: own.slice(at).find(({ decision }) => decision === 'resolved')?.atMs,
  };
}

export interface SpecRun {
  readonly url: string;
  readonly slack: WebhookServer;
  messages(): readonly SlackMessage[];
  /** The state of each alert of a rule, by `GET /api/v1/rules`; 'inactive' for none. */
  stateOf(rule: string): Promise<string>;
  /** Waits until a rule is in a state; one that fires already was pending. */
  until(rule: string, state: 'inactive' | 'pending' | 'firing'): Promise<void>;
  /** Waits for a message that says so much in its title or text, and gives it. */
  told(...words: readonly string[]): Promise<SlackMessage>;
  /** What the ledger says of the rule's alerts, oldest first. */
  timeline(rule: string): Promise<readonly RuleStep[]>;
  get<Answer>(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<unknown>;
}

/**
 * Runs the program with the files of a document, in faster time: its `prometheus.yml` (targets and rule files replaced),
 * its rule files, and its `alertmanager.yml` with a Slack endpoint on loopback.
 */
export async function runSpec(
  folder: string,
  files: { readonly rules: readonly string[]; readonly targets: Readonly<Record<string, string>> },
): Promise<SpecRun> {
  const source = join(import.meta.dirname, '../peers', folder);
  const dir = mkdtempSync(join(tmpdir(), 'skopos-spec-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  mkdirSync(join(dir, 'manifests'));
  writeFileSync(
    join(dir, 'manifests/namespace.yaml'),
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: prod }\n',
  );
  const slack = await startWebhookServer({ status: 200, body: 'ok' });
  onTestFinished(() => slack.close());
  const port = await freePort();
  const own = `127.0.0.1:${port}`;
  const paths = Object.fromEntries(files.rules.map((name) => [`/etc/config/${name}`, join(dir, name)]));
  const replaced = {
    ...paths,
    ...files.targets,
    'localhost:9090': own,
    // Skopos is the Alertmanager of the document too.
    'devsecops_demo.eastus.cloudapp.azure.com:9093': own,
    'https://hooks.slack.com/services/T000/B000/EXAMPLE': `${slack.url}/services/T000/B000/EXAMPLE`,
  };
  const write = (name: string, change: (text: string) => string = (text) => text): string => {
    const file = join(dir, name);
    const text = change(readFileSync(join(source, name), 'utf8'));
    writeFileSync(file, scaledConfig(text, factor, replaced));
    return file;
  };
  for (const name of files.rules) write(name);
  const prometheus = write('prometheus.yml');
  const alertmanager = write('alertmanager.yml', withRouteDefaults);
  writeFileSync(join(dir, 'skopos.yaml'), 'rules: { shipped: false }\n');
  const skopos = SkoposProcess.start(
    [
      ...['up', '--folder', 'manifests', '--data', 'data', '--listen', own],
      ...['--prometheus-config', prometheus, '--alertmanager', alertmanager],
    ],
    dir,
  );
  const url = `http://${own}`;
  await skopos.ready(url);
  return specRun(url, slack);
}

function withRouteDefaults(text: string): string {
  const missing = Object.entries(routeDefaults).filter(([key]) => !new RegExp(`^  ${key}:`, 'm').test(text));
  return text.replace(
    /^route:\n/m,
    `route:\n${missing.map(([key, value]) => `  ${key}: ${value}\n`).join('')}`,
  );
}

function specRun(url: string, slack: WebhookServer): SpecRun {
  const get = async <Answer>(path: string): Promise<Answer> => {
    const reply = await fetch(`${url}/${path}`);
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Answer;
  };
  const messages = () => slack.json() as SlackMessage[];
  const stateOf = async (rule: string): Promise<string> => {
    const { data } = await get<{
      data: { groups: { rules: { name: string; state: string }[] }[] };
    }>('api/v1/rules');
    const found = data.groups.flatMap(({ rules }) => rules).find(({ name }) => name === rule);
    return found?.state ?? 'no such rule';
  };
  return {
    url,
    slack,
    messages,
    stateOf,
    get,
    until: (rule, state) =>
      vi.waitFor(async () => {
        const now = await stateOf(rule);
        expect(state === 'pending' && now === 'firing' ? 'pending' : now).toBe(state);
      }, patience),
    told: (...words) =>
      vi.waitFor(() => {
        const found = messages().find(({ attachments }) =>
          attachments.some(({ title, text }) => words.every((word) => `${title}\n${text}`.includes(word))),
        );
        if (found === undefined)
          throw new Error(`no message says ${words.join(', ')} among ${JSON.stringify(messages())}`);
        return found;
      }, patience),
    async timeline(rule) {
      const { items } = await get<LedgerJson>('api/skopos/v1/ledger?limit=500');
      return items
        .filter(({ hop, subject }) => hop === 'rule' && subject.endsWith(`/${rule}`))
        .map(({ decision, detail }) => ({
          decision,
          atMs: Number(detail['evaluatedAtMs']),
          fingerprint: String(detail['fingerprint']),
        }))
        .sort((a, b) => a.atMs - b.atMs);
    },
    async post(path, body) {
      const reply = await fetch(`${url}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
      return reply.json();
    },
  };
}
