import { text } from 'node:stream/consumers';
import { InvalidArgumentError, Option } from 'commander';
import { configSchema } from '../config/schema.ts';
import { BadInputError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import { writeOut } from './format-choice.ts';
import { type AddCommand, CommandEnd } from './program.ts';
import type { FilterFlags } from './scan/filter.ts';
import { type Format, formats, gatherFormats, type Wanted, write } from './scan/formats.ts';
import { breachesOf, type Gates } from './scan/gate.ts';
import { hostTarget } from './scan/read-host.ts';
import { runScan } from './scan/run-scan.ts';
import type { ScanResult } from './scan/scan-result.ts';
import { toTable } from './scan/to-table.ts';

const thresholds = ['low', 'medium', 'high', 'critical'] as const;
type Threshold = (typeof thresholds)[number];

interface Flags extends FilterFlags {
  readonly format?: readonly Wanted[];
  readonly output?: string;
  readonly severityThreshold?: Threshold;
  readonly scoreThreshold?: number;
  readonly complianceThreshold?: number;
  readonly coverageThreshold?: number;
  readonly baseline?: string;
  readonly changedSince?: string;
  readonly values?: readonly string[];
  readonly set?: readonly string[];
  readonly releaseName?: string;
  readonly framework?: readonly string[];
  readonly controlsConfig?: string;
  readonly exceptions?: readonly string[];
  readonly policies?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly hostRoot?: string;
  readonly timeout: string;
}

/** Characters in a line where nobody says how wide it is, as in a file or a build log. */
const defaultWidth = 160;

/** `skopos scan`: exits 0 when clean, 1 with findings at or over the threshold, 2 for bad input, 3 when it could not. */
export const scanCommand: AddCommand = (program, { cwd, signal }) => {
  program
    .command('scan')
    .description('judge manifests, a cluster or a machine once, and exit 1 when there are findings')
    .argument(
      '<target>',
      'a file or folder of manifests, a Helm chart, a kustomization, - for standard input, cluster, or host: this machine',
    )
    .option(
      '-f, --format <format[=file]>',
      `how to print, table when left out; may be given several times, all but one with a file: ${formats.join(', ')}`,
      gatherFormats,
    )
    .option('-o, --output <file>', 'write there instead of to standard output')
    .addOption(
      new Option('--severity-threshold <severity>', 'exit 1 from this severity on').choices(thresholds),
    )
    .option('--score-threshold <number>', 'exit 1 when the honest score of a framework is less', percent)
    .option('--compliance-threshold <number>', "exit 1 when a framework's compliance is less", percent)
    .option('--coverage-threshold <number>', 'exit 1 when less than this share could be judged', percent)
    .option('--baseline <file>', 'a former result in JSON: only findings that it does not have count')
    .option(
      '--changed-since <revision>',
      'what a git branch changed since it left this; only new findings count',
    )
    .option('--values <file>', 'for a Helm chart: a file of values; may be given several times', gather)
    .option('--set <key=value>', 'for a Helm chart: a value; may be given several times', gather)
    .option('--release-name <name>', "for a Helm chart: the release's name")
    .option('--include-namespaces <names>', 'tell of these only; names with commas between', list)
    .option('--exclude-namespaces <names>', 'do not tell of these', list)
    .option('--include-kinds <kinds>', 'tell of these only', list)
    .option('--exclude-kinds <kinds>', 'do not tell of these', list)
    .option('--include-controls <ids>', 'judge by these only', list)
    .option('--exclude-controls <ids>', 'do not judge by these', list)
    .option('-l, --selector <labels>', 'tell of objects with these labels only: app=web,tier!=db', gather)
    .option('--framework <name>', 'a framework to judge by; may be given several times', gather)
    .option(
      '--policies <path>',
      'ValidatingAdmissionPolicies to judge by; may be given several times',
      gather,
    )
    .option('--controls-config <file>', "Kubescape's control inputs, JSON or YAML")
    .option('--exceptions <file>', "exceptions, Kubescape's or ours; may be given several times", gather)
    .option('--kubeconfig <file>', 'for cluster: a kubeconfig (or KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'for cluster: a context of the kubeconfig; its current one when left out')
    .option('--host-root <folder>', "for host: where the machine's files are, when not at /")
    .option('--timeout <duration>', 'for cluster: how long reading it may take', '1m')
    .action(async (target: string, flags: Flags) => {
      const timeoutMs = parseDuration(flags.timeout);
      if (timeoutMs === undefined || timeoutMs === 0)
        throw new BadInputError('--timeout', `expected a duration such as 1m, got "${flags.timeout}"`);
      if (flags.baseline !== undefined && flags.changedSince !== undefined)
        throw new BadInputError('--changed-since', 'has its own baseline; leave --baseline out');
      const result = await runScan({
        ...flags,
        target,
        cwd,
        signal,
        timeoutMs,
        env: process.env,
        isFrameworkChosen: flags.framework !== undefined,
        frameworks: flags.framework ?? usualFrameworks(target),
        readStdin: () => text(process.stdin),
      });
      for (const warning of result.warnings) process.stderr.write(`warning: ${warning}\n`);
      await print(result, flags, cwd);
      const breaches = breachesOf(result, gatesOf(flags));
      if (breaches.length === 0) return;
      if (hasScoreGate(flags) || result.baseline !== undefined)
        for (const breach of breaches) process.stderr.write(`not passed: ${breach}\n`);
      throw new CommandEnd(1);
    });
};

/** Controls about hosts are in many frameworks, few in each. */
function usualFrameworks(target: string): readonly string[] {
  return target === hostTarget ? ['AllControls'] : configSchema.parse({}).posture.frameworks;
}

function gather(name: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, name];
}

function list(text: string, earlier: readonly string[] = []): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('It names nothing.');
  return [...earlier, ...names];
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Expected a number from 0 to 100.');
  return value;
}

function hasScoreGate({ scoreThreshold, complianceThreshold, coverageThreshold }: Flags): boolean {
  return [scoreThreshold, complianceThreshold, coverageThreshold].some((limit) => limit !== undefined);
}

/** Any finding fails a scan that asks for nothing else. */
function gatesOf(flags: Flags): Gates {
  const { scoreThreshold: score, complianceThreshold: compliance, coverageThreshold: coverage } = flags;
  const isOnlyScored =
    hasScoreGate(flags) && flags.baseline === undefined && flags.changedSince === undefined;
  const severity = flags.severityThreshold ?? (isOnlyScored ? undefined : 'low');
  return {
    ...(severity === undefined ? {} : { severity }),
    ...(score === undefined ? {} : { score }),
    ...(compliance === undefined ? {} : { compliance }),
    ...(coverage === undefined ? {} : { coverage }),
  };
}

async function print(result: ScanResult, { format, output }: Flags, cwd: string): Promise<void> {
  for (const { format: one, file = output } of format ?? [{ format: 'table' } satisfies Wanted])
    await printOne(result, one, file, cwd);
}

async function printOne(
  result: ScanResult,
  format: Format,
  output: string | undefined,
  cwd: string,
): Promise<void> {
  const { stdout } = process;
  const isTerminal = output === undefined && stdout.isTTY === true;
  await writeOut(formatted(result, format, isTerminal), output, cwd);
}

function formatted(result: ScanResult, format: Format, isTerminal: boolean): string {
  if (format !== 'table') return write(result, format);
  const colours = isTerminal && process.env['NO_COLOR'] === undefined;
  return toTable(result, { colours, width: isTerminal ? process.stdout.columns : defaultWidth });
}
