import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand } from '../../src/cli/check.ts';
import type { AddCommand } from '../../src/cli/program.ts';
import { testCommand } from '../../src/cli/test.ts';
import { tsdbCommand } from '../../src/cli/tsdb.ts';
import { messageOf } from '../../src/kit/app-error.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { loadDataDirectory } from './promtool-data.ts';
import { type CaseOutcome, casesAt, type SuiteResult, tally } from './suite.ts';

/** The folder that is run when none is named. */
export const defaultPath = casesAt('promtool');

interface Case {
  readonly file: string | null;
  readonly files?: readonly string[];
  readonly command: string;
  readonly args?: readonly string[];
  readonly exit_code: number;
  readonly stdin?: boolean;
  readonly stdin_text?: string;
  readonly load?: string;
  readonly then?: { readonly command: string; readonly args?: readonly string[] };
  readonly library_only?: boolean;
  readonly output_contains?: readonly string[];
  readonly stdout_contains?: readonly string[];
  readonly stdout_lacks?: readonly string[];
  readonly stderr_contains?: readonly string[];
  readonly stderr_lacks?: readonly string[];
  readonly output_equals?: string;
  readonly junit?: { readonly testsuites: number; readonly suites_with_failures?: number };
}

/** Verbs that are named after promtool's. */
const verbs: Readonly<Record<string, AddCommand>> = {
  check: checkCommand,
  test: testCommand,
  tsdb: tsdbCommand,
};

/** What we say for causes that upstream words otherwise. */
const ownWords: readonly (readonly [theirs: string, ours: RegExp])[] = [
  ['field not-prometheus not found', /unknown key "not-prometheus"/],
  ['field namespace not found', /field namespace not found|unknown key "namespace"/],
];

/** Runs cases of promtool's commands against ours. */
export async function run(path: string = defaultPath): Promise<SuiteResult> {
  if (!existsSync(path)) {
    console.log(`${path}: there is no such folder, so nothing was run`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const outcomes: (readonly [string, CaseOutcome])[] = [];
  for (const one of casesIn(path)) {
    const name = `${one.command} ${[...(one.args ?? []), one.file ?? 'standard input'].join(' ')}`;
    outcomes.push([name, await outcomeOf(one, path)]);
  }
  return tally(outcomes);
}

function casesIn(folder: string): readonly Case[] {
  const listed = join(folder, 'expected.json');
  if (existsSync(listed)) return JSON.parse(readFileSync(listed, 'utf8')) as Case[];
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file) && /^tests:/m.test(readFileSync(join(folder, file), 'utf8')))
    .map((file) => ({ file, command: 'test rules', exit_code: 0 }));
}

async function outcomeOf(one: Case, folder: string): Promise<CaseOutcome> {
  if (one.library_only === true)
    return { skipped: 'upstream calls a function with options that its command line lacks' };
  const scratch = mkdtempSync(join(tmpdir(), 'skopos-promtool-'));
  try {
    const problem = await problemOf(one, folder, scratch);
    return problem === undefined ? { passed: true } : { problem };
  } catch (error) {
    return { problem: `crashed: ${messageOf(error)}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function problemOf(one: Case, folder: string, scratch: string): Promise<string | undefined> {
  const data = join(scratch, 'data');
  if (one.load !== undefined) loadDataDirectory(data, one.load);
  const isDump = one.command.startsWith('tsdb dump');
  const operands = isDump
    ? [data]
    : one.stdin === true || one.stdin_text !== undefined
      ? []
      : (one.files ?? [one.file ?? '']);
  const targets = one.command.startsWith('tsdb create') ? [...operands, data] : operands;
  const stdin =
    one.stdin_text ??
    (one.stdin === true && one.file !== null ? readFileSync(join(folder, one.file), 'utf8') : '');
  const first = await ask(one.command, [...filled(one.args ?? [], scratch), ...targets], folder, stdin);
  if (first.exitCode !== one.exit_code) {
    return `exit status ${first.exitCode}, expected ${one.exit_code}: ${shortened(first.err + first.out)}`;
  }
  const said =
    one.then === undefined
      ? first
      : await ask(one.then.command, [...filled(one.then.args ?? [], scratch), data], folder, '');
  return textProblem(one, said) ?? junitProblem(one, scratch) ?? equalProblem(one, said, folder);
}

/** `{OUT}` is a file to write, `{TMP}` a folder. */
function filled(args: readonly string[], scratch: string): readonly string[] {
  return args.map((arg) => arg.replace('{OUT}', join(scratch, 'out')).replace('{TMP}', scratch));
}

function ask(command: string, args: readonly string[], folder: string, stdin: string): Promise<CliRun> {
  const words = command.split(' ');
  const verb = verbs[words[0] ?? ''];
  if (verb === undefined) throw new Error(`there is no verb for "${command}"`);
  return runCli(verb, [...words, ...args], folder, stdin);
}

function textProblem(one: Case, { out, err }: CliRun): string | undefined {
  const texts: readonly (readonly [string, readonly string[] | undefined])[] = [
    [`${out}\n${err}`, one.output_contains],
    [out, one.stdout_contains],
    [err, one.stderr_contains],
  ];
  for (const [text, wanted = []] of texts) {
    const missing = wanted.find((part) => !says(text, part));
    if (missing !== undefined) return `the output lacks "${missing}": ${shortened(text)}`;
  }
  const forbidden =
    one.stdout_lacks?.find((part) => says(out, part)) ?? one.stderr_lacks?.find((part) => says(err, part));
  return forbidden === undefined ? undefined : `the output has "${forbidden}"`;
}

function says(text: string, wanted: string): boolean {
  const plain = (some: string) => some.toLowerCase().replace(/\s+/g, ' ');
  if (plain(text).includes(plain(wanted))) return true;
  return ownWords.some(([theirs, ours]) => wanted.includes(theirs) && ours.test(text));
}

function junitProblem({ junit }: Case, scratch: string): string | undefined {
  if (junit === undefined) return undefined;
  const xml = readFileSync(join(scratch, 'out'), 'utf8');
  const suites = [...xml.matchAll(/<testsuite [^>]*>.*?<\/testsuite>|<testsuite [^>]*\/>/gs)].map(
    ([suite]) => suite,
  );
  const failing = suites.filter((suite) => suite.includes('<failure') || suite.includes('<error'));
  const isRight =
    suites.length === junit.testsuites &&
    suites.every((suite) => suite.includes('<testcase')) &&
    (junit.suites_with_failures === undefined || failing.length === junit.suites_with_failures);
  return isRight ? undefined : `the JUnit file has ${suites.length} suites, ${failing.length} with failures`;
}

function equalProblem(
  { file, output_equals: how }: Case,
  { out }: CliRun,
  folder: string,
): string | undefined {
  if (how === undefined || file === null) return undefined;
  const wanted = readFileSync(join(folder, file), 'utf8');
  const lines = (text: string) =>
    how === 'exact'
      ? [text]
      : text
          .split('\n')
          .filter((line) => line !== '')
          .sort();
  return JSON.stringify(lines(out)) === JSON.stringify(lines(wanted))
    ? undefined
    : `the output is not the file: ${shortened(out)}`;
}

function shortened(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
