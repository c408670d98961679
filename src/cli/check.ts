import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { BadInputError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import { checkAlertmanager } from './check/check-alertmanager.ts';
import { checkConfig } from './check/check-config.ts';
import { checkDashboard } from './check/check-dashboards.ts';
import { checkMetrics } from './check/check-metrics.ts';
import { checkPrometheus, looksLikePrometheus } from './check/check-prometheus.ts';
import { checkRules, checkRuleText } from './check/check-rules.ts';
import { readLints } from './check/lints.ts';
import { knownMetrics, namesInFile } from './check/metric-names/known-metrics.ts';
import { type CheckOutcome, exitCodeOf, printOutcome } from './check/outcome.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface LintFlags {
  readonly lint?: string;
  readonly lintFatal?: boolean;
  readonly ignoreUnknownFields?: boolean;
}

interface DashboardFlags {
  readonly metrics?: readonly string[];
  readonly syntaxOnly?: boolean;
}

interface ConfigFlags extends LintFlags {
  readonly syntaxOnly?: boolean;
  readonly 'query.lookbackDelta'?: string;
}

interface RulesFlags extends LintFlags {
  readonly enableFeature?: readonly string[];
}

/** `skopos check`: exits 1 when something would be refused, 3 when only lints fail and are to. */
export const checkCommand: AddCommand = (program, { cwd, stdin }) => {
  const check = program
    .command('check')
    .description('say whether files would be accepted, and what is wrong');
  check
    .command('config')
    .description('skopos.yaml, or a prometheus.yml, and every file that it points to')
    .argument('[files...]', 'skopos.yaml of the working directory when left out')
    .option('--syntax-only', 'of a prometheus.yml: look at no file that it names')
    .option('--lint <names>', 'of a prometheus.yml: all, none, duplicate-rules, too-long-scrape-interval')
    .option('--lint-fatal', 'exit with 3 when a lint finds something')
    .option('--ignore-unknown-fields', 'pass over keys of rule files that are not known')
    .option('--query.lookback-delta <duration>', 'how far back queries look', '5m')
    .action(async (files: readonly string[], flags: ConfigFlags) => {
      const outcomes: CheckOutcome[] = [];
      for (const file of files.length === 0 ? [undefined] : files) {
        if (file !== undefined && looksLikePrometheus(file, cwd)) {
          outcomes.push(...checkPrometheus(file, cwd, prometheusOptions(flags)));
        } else outcomes.push(await checkConfig(file, cwd));
      }
      end(outcomes, flags.lintFatal);
    });
  check
    .command('alertmanager')
    .description('Alertmanager configurations and their templates')
    .argument('<files...>')
    .action((files: readonly string[]) => end(files.map((file) => checkAlertmanager(file, cwd))));
  check
    .command('rules')
    .description('Prometheus rule files')
    .argument('[files...]', 'standard input when left out')
    .option('--lint <names>', 'all, none, duplicate-rules')
    .option('--lint-fatal', 'exit with 3 when a lint finds something')
    .option('--ignore-unknown-fields', 'pass over keys that are not known')
    .option(
      '--enable-feature <names>',
      "Prometheus' switches, so that what they are about is allowed",
      gather,
    )
    .action(async (files: readonly string[], flags: RulesFlags) => {
      const { ignoreUnknownFields = false, enableFeature = [] } = flags;
      const features = new Set(enableFeature.flatMap((names) => names.split(',')));
      const options = { ignoreUnknownFields, features, lints: readLints(flags.lint) };
      const outcomes =
        files.length === 0
          ? [checkRuleText(await readAll(stdin ?? process.stdin), 'standard input', options)]
          : files.map((file) => checkRules(file, cwd, options));
      end(outcomes, flags.lintFatal);
    });
  check
    .command('dashboards')
    .description(
      "Grafana's dashboards: expressions that do not parse, metrics and variables that do not exist",
    )
    .argument('<files...>')
    .option(
      '--metrics <file>',
      'a file of metrics, or of a name a line, that there are beside those that Skopos brings',
      gather,
    )
    .option('--syntax-only', 'do not ask whether metrics exist')
    .action((files: readonly string[], { metrics = [], syntaxOnly = false }: DashboardFlags) => {
      const known = syntaxOnly
        ? undefined
        : new Set([...knownMetrics(), ...metrics.flatMap((file) => namesInFile(resolve(cwd, file)))]);
      end(files.map((file) => checkDashboard(file, cwd, known)));
    });
  check
    .command('metrics')
    .description('metrics from standard input: their format and their names')
    .option('--extended', 'tell how many series each metric has')
    .option('--lint <which>', 'all or none', 'all')
    .action(async ({ extended = false, lint }: { extended?: boolean; lint: string }) => {
      const exitCode = checkMetrics(await readAll(stdin ?? process.stdin), { extended, lint });
      if (exitCode !== 0) throw new CommandEnd(exitCode);
    });
};

function prometheusOptions(flags: ConfigFlags) {
  const lookback = flags['query.lookbackDelta'] ?? '5m';
  const lookbackMs = parseDuration(lookback);
  if (lookbackMs === undefined) {
    throw new BadInputError('--query.lookback-delta', `expected a duration such as 5m, got "${lookback}"`);
  }
  const { syntaxOnly = false, ignoreUnknownFields = false } = flags;
  return { syntaxOnly, ignoreUnknownFields, lookbackMs, lints: readLints(flags.lint) };
}

function gather(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

function end(outcomes: readonly CheckOutcome[], isLintFatal = false): void {
  for (const outcome of outcomes) printOutcome(outcome);
  const exitCode = exitCodeOf(outcomes, isLintFatal);
  if (exitCode !== 0) throw new CommandEnd(exitCode);
}
