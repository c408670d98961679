import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Option } from 'commander';
import { configSchema } from '../config/schema.ts';
import { BadInputError, messageOf, UnavailableError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import { severities } from '../model/verdict.ts';
import { type AddCommand, CommandEnd } from './program.ts';
import { runScan } from './scan/run-scan.ts';
import type { ScanResult } from './scan/scan-result.ts';
import { toJson } from './scan/to-json.ts';
import { toJunit } from './scan/to-junit.ts';
import { toSarif } from './scan/to-sarif.ts';
import { toTable } from './scan/to-table.ts';

const formats = ['table', 'json', 'sarif', 'junit'] as const;
type Format = (typeof formats)[number];

const thresholds = ['low', 'medium', 'high', 'critical'] as const;
type Threshold = (typeof thresholds)[number];

interface Flags {
  readonly format: Format;
  readonly output?: string;
  readonly severityThreshold: Threshold;
  readonly framework?: readonly string[];
  readonly controlsConfig?: string;
  readonly exceptions?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly timeout: string;
}

/** Characters in a line where nobody says how wide it is, as in a file or a build log. */
const defaultWidth = 160;

/** `skopos scan`: exits 0 when clean, 1 with findings at or over the threshold, 2 for bad input, 3 when it could not. */
export const scanCommand: AddCommand = (program, { cwd, signal }) => {
  program
    .command('scan')
    .description('judge manifests or a cluster once, and exit 1 when there are findings')
    .argument('<target>', 'a file or folder of manifests, - for standard input, or cluster')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(formats).default('table'))
    .option('-o, --output <file>', 'write there instead of to standard output')
    .addOption(
      new Option('--severity-threshold <severity>', 'exit 1 from this severity on')
        .choices(thresholds)
        .default('low', 'low: any finding'),
    )
    .option('--framework <name>', 'a framework to judge by; may be given several times', gather)
    .option('--controls-config <file>', "Kubescape's control inputs, JSON or YAML")
    .option('--exceptions <file>', "exceptions, Kubescape's or ours; may be given several times", gather)
    .option('--kubeconfig <file>', 'for cluster: a kubeconfig (or KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'for cluster: a context of the kubeconfig; its current one when left out')
    .option('--timeout <duration>', 'for cluster: how long reading it may take', '1m')
    .action(async (target: string, flags: Flags) => {
      const timeoutMs = parseDuration(flags.timeout);
      if (timeoutMs === undefined || timeoutMs === 0)
        throw new BadInputError('--timeout', `expected a duration such as 1m, got "${flags.timeout}"`);
      const result = await runScan({
        ...flags,
        target,
        cwd,
        signal,
        timeoutMs,
        env: process.env,
        frameworks: flags.framework ?? configSchema.parse({}).posture.frameworks,
        readStdin: () => text(process.stdin),
      });
      for (const warning of result.warnings) process.stderr.write(`warning: ${warning}\n`);
      await print(result, flags, cwd);
      if (isOver(result, flags.severityThreshold)) throw new CommandEnd(1);
    });
};

function gather(name: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, name];
}

async function print(result: ScanResult, { format, output }: Flags, cwd: string): Promise<void> {
  const { stdout } = process;
  const isTerminal = output === undefined && stdout.isTTY === true;
  const printed = formatted(result, format, isTerminal);
  if (output === undefined) {
    // A reader that has seen enough (`| head`) is no failure.
    stdout.once('error', () => undefined);
    await new Promise<void>((done) => void stdout.write(printed, () => done()));
    return;
  }
  try {
    await writeFile(resolve(cwd, output), printed);
  } catch (error) {
    throw new UnavailableError(`cannot write ${output}: ${messageOf(error)}`, { cause: error });
  }
}

function formatted(result: ScanResult, format: Format, isTerminal: boolean): string {
  switch (format) {
    case 'json':
      return toJson(result);
    case 'sarif':
      return toSarif(result);
    case 'junit':
      return toJunit(result);
    case 'table': {
      const colours = isTerminal && process.env['NO_COLOR'] === undefined;
      return toTable(result, { colours, width: isTerminal ? process.stdout.columns : defaultWidth });
    }
  }
}

/** `low` takes in findings of no severity too: it stands for any. */
function isOver({ findings }: ScanResult, threshold: Threshold): boolean {
  if (threshold === 'low') return findings.length > 0;
  const limit = severities.indexOf(threshold);
  return findings.some(({ severity }) => severities.indexOf(severity) <= limit);
}
