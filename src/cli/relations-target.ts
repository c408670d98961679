import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { RelationsReport } from '../inventory/relations/report.ts';
import { BadInputError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import type { CliContext } from './program.ts';
import { readTarget } from './scan/read-target.ts';

export interface TargetFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly timeout: string;
}

/** What verbs about relations take: a target as `scan` does, and how to reach a cluster. */
export function withTarget(command: Command): Command {
  return command
    .argument('<target>', 'a file or folder of manifests, - for standard input, or cluster')
    .option('--kubeconfig <file>', 'for cluster: a kubeconfig (or KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'for cluster: a context of the kubeconfig; its current one when left out')
    .option('--timeout <duration>', 'for cluster: how long reading it may take', '1m');
}

/** Reads the target, and says on standard error what could not be read of it. */
export async function readRelations(
  target: string,
  flags: TargetFlags,
  { cwd, signal, stdin }: CliContext,
): Promise<RelationsReport> {
  const timeoutMs = parseDuration(flags.timeout);
  if (timeoutMs === undefined || timeoutMs === 0)
    throw new BadInputError('--timeout', `expected a duration such as 1m, got "${flags.timeout}"`);
  const { kubeconfig, context } = flags;
  const { inventory, warnings } = await readTarget({
    target,
    cwd,
    signal,
    timeoutMs,
    env: process.env,
    readStdin: () => text(stdin ?? process.stdin),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  for (const { kind, reason } of inventory.unreadable())
    process.stderr.write(`warning: ${kind} could not be read, so what hangs on it is missing: ${reason}\n`);
  return new RelationsReport(inventory);
}
