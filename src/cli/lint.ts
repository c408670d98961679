import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { BadInputError } from '../kit/app-error.ts';
import { didYouMean } from '../kit/nearest.ts';
import { type LintSeverity, lintSeverities, type RuleLint, ruleLints } from '../model/rule-lint.ts';
import { lintRouting, storeLookup } from '../roles/backtest/lint-surroundings.ts';
import { lintRules } from '../rules/lint/lint-rules.ts';
import type { SeriesLookup } from '../rules/lint/lint-surroundings.ts';
import { type LintFormat, lintFormats, writeLints } from './lint/formats.ts';
import { lintTexts } from './lint/lint-texts.ts';
import { durationFlag, readRuleFiles } from './lint/rule-files.ts';
import {
  openData,
  readAlerting,
  type SeriesFlags,
  serverLookup,
  serverOf,
  typeIn,
} from './lint/stored-series.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags extends SeriesFlags {
  readonly lint: string;
  readonly format: string;
  readonly output?: string;
  readonly failOn: string;
  readonly interval: string;
  readonly alertmanager?: string;
  readonly window: string;
}

/** `skopos lint`: exits 1 when something at or over `--fail-on` is found. */
export const lintCommand: AddCommand = (program, { cwd, signal }) => {
  const lint = program.command('lint').description('say what is wrong with files although they load');
  const rules: Command = lint
    .command('rules')
    .description('rules that cannot fire, fire for ever, reach nobody, or say too little')
    .argument('<files or folders...>', 'Prometheus rule files')
    .option('--lint <names>', `all, or of these with commas between: ${ruleLints.join(', ')}`, 'all')
    .option('-f, --format <format>', lintFormats.join(', '), 'table')
    .option('-o, --output <file>', 'where the result goes, instead of to standard output')
    .option(
      '--fail-on <severity>',
      'status 1 from this severity on: error, warning, note or never',
      'warning',
    )
    .option('--interval <duration>', 'evaluation interval of groups that set none', '1m')
    .option('--alertmanager <file>', 'the alerting configuration that the alerts would meet')
    .option('--server <url>', 'a running Skopos or Prometheus: is there what selectors ask for?')
    .option('--data <folder>', 'the same of a data directory')
    .option('--window <duration>', 'how far back stored series are looked for', '24h')
    .option('--token <token>', 'API token of the server (or SKOPOS_TOKEN)');
  rules.addHelpText('after', () =>
    ['', 'Lints:', ...ruleLints.map((name) => `  ${name.padEnd(26)}${lintTexts[name]}`)].join('\n'),
  );
  rules.action(async (paths: readonly string[], flags: Flags) => {
    const format = wordOf('--format', flags.format, lintFormats);
    const failOn = wordOf('--fail-on', flags.failOn, [...lintSeverities, 'never'] as const);
    const files = readRuleFiles(paths, cwd);
    const routing =
      flags.alertmanager === undefined ? undefined : lintRouting(readAlerting(flags.alertmanager, cwd));
    const { lookup, close } = lookupOf(flags, cwd, signal);
    try {
      const findings = await lintRules(files, {
        evaluationIntervalMs: durationFlag('--interval', flags.interval),
        lints: chosen(flags.lint),
        signal,
        ...(routing === undefined ? {} : { routing }),
        ...(lookup === undefined ? {} : { lookup }),
      });
      const count = files.reduce((sum, { groups }) => sum + groups.flatMap((group) => group.rules).length, 0);
      const text = writeLints({ rules: count, findings }, format satisfies LintFormat);
      if (flags.output === undefined) process.stdout.write(text);
      else writeFileSync(resolve(cwd, flags.output), text);
      if (findings.some(({ severity }) => isAtLeast(severity, failOn))) throw new CommandEnd(1);
    } finally {
      close();
    }
  });
};

function lookupOf(
  flags: Flags,
  cwd: string,
  signal: AbortSignal,
): { readonly lookup?: SeriesLookup; readonly close: () => void } {
  const windowMs = durationFlag('--window', flags.window);
  if (flags.server !== undefined && flags.data !== undefined)
    throw new BadInputError('--data', 'give --server or --data, not both');
  if (flags.server !== undefined) {
    const server = serverOf(flags, flags.server);
    return { lookup: serverLookup(server, windowMs, Date.now(), signal), close: () => {} };
  }
  if (flags.data === undefined) return { close: () => {} };
  const store = openData(flags.data, cwd);
  const toMs = store.figures().maxMs ?? Date.now();
  const fromMs = toMs - windowMs;
  const typeOf = typeIn(store, fromMs, toMs);
  return {
    lookup: storeLookup({ name: flags.data, store, fromMs, toMs, typeOf }),
    close: () => store.close(),
  };
}

/** @throws {BadInputError} for a name that does not exist. */
function chosen(text: string): ReadonlySet<RuleLint> {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('all')) return new Set(ruleLints);
  return new Set(names.map((name) => wordOf('--lint', name, ruleLints)));
}

function wordOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new BadInputError(
    flag,
    `expected one of ${words.join(', ')}, got "${text}"${didYouMean(text, words)}`,
  );
}

function isAtLeast(severity: LintSeverity, limit: LintSeverity | 'never'): boolean {
  return limit !== 'never' && lintSeverities.indexOf(severity) <= lintSeverities.indexOf(limit);
}
