import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { VulnerabilityDatabase } from '../images/database/vulnerability-database.ts';
import { matchSbom } from '../images/match/match-sbom.ts';
import type { MatchSettings } from '../images/match/match-settings.ts';
import { toCycloneDx } from '../images/sbom/to-cyclonedx.ts';
import { toSpdx } from '../images/sbom/to-spdx.ts';
import { BadInputError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import { type VulnerabilitySeverity, vulnerabilitySeverities } from '../model/vulnerability.ts';
import { version } from '../roles/version.ts';
import { databaseFolder } from './db/database-folder.ts';
import { formatGatherer, type WantedFormat, writeOut } from './format-choice.ts';
import { readBaseline } from './image/baseline.ts';
import { explain } from './image/explain.ts';
import { type ImageFormat, imageFormats, write } from './image/formats.ts';
import { breachesOf, type ImageGates } from './image/gate.ts';
import type { ImageResult } from './image/image-result.ts';
import { type MatchFlags, readMatchOptions } from './image/match-options.ts';
import { readTarget } from './image/read-target.ts';
import { toTable } from './image/to-table.ts';
import { inOneLine } from './printable.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags extends MatchFlags {
  readonly format?: readonly WantedFormat<ImageFormat>[];
  readonly output?: string;
  readonly platform?: string;
  readonly dockerConfig?: string;
  readonly skoposConfig?: string;
  readonly db?: string;
  readonly maxAge: string;
  readonly failOn?: Threshold;
  readonly failOnKev?: true;
  readonly failOnEpss?: number;
  readonly fixable?: true;
  readonly allowUnknown?: true;
  readonly baseline?: string;
  readonly explain?: string;
  readonly sbomOnly?: true;
  readonly key?: string;
}

const thresholds = ['negligible', 'low', 'medium', 'high', 'critical'] as const;
type Threshold = (typeof thresholds)[number];

/** `skopos image`: exits 0 when nothing counts, 1 when something does, 2 for bad input, 3 when it could not be told. */
export const imageCommand: AddCommand = (program, { cwd, signal }) => {
  program
    .command('image')
    .description('the known vulnerabilities of an image or an SBOM, and exit 1 when there are any')
    .argument(
      '<target>',
      'an image (nginx:1.27), oci:<folder>, oci-archive:<file>, docker-archive:<file>, dir:<folder>, sbom:<file>, or attached:<image> for the SBOM that its registry has of it',
    )
    .option(
      '-f, --format <format[=file]>',
      `how to print, table when left out; may be given several times, all but one with a file: ${imageFormats.join(', ')}`,
      formatGatherer(imageFormats),
    )
    .option('-o, --output <file>', 'write there instead of to standard output')
    .option(
      '--platform <os/architecture>',
      'of an image for several, such as linux/arm64; linux/amd64 when left out',
    )
    .option('--docker-config <file>', 'a config.json with logins to registries')
    .option(
      '--skopos-config <file>',
      'a skopos.yaml: its images.registries, logins and limits hold (skopos.yaml of this folder when it is there)',
    )
    .option('--db <folder>', 'where the vulnerability data lies (or SKOPOS_DB)')
    .option('--max-age <duration>', 'data older than this is told to be old', '5d')
    .option('-c, --config <file>', "Grype's configuration: its ignore rules and how to match")
    .option('--vex <file>', 'an OpenVEX or CSAF document; may be given several times', gather)
    .option('--only-fixed', 'tell of nothing that cannot be fixed')
    .option('--by-cve', "tell by NVD's record of the CVE, where there is one")
    .addOption(
      new Option('--cpes <mode>', 'what to look for by CPE').choices([
        'default',
        'always',
        'never',
        'adaptive',
      ] satisfies MatchSettings['cpes'][]),
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 from this severity on; any when left out').choices(
        thresholds,
      ),
    )
    .option('--fail-on-kev', 'exit 1 for what is known to be exploited')
    .option(
      '--fail-on-epss <probability>',
      'exit 1 from this probability of exploitation on, 0 to 1',
      probability,
    )
    .option('--fixable', 'only what can be fixed counts for the status')
    .option('--allow-unknown', 'do not exit 3 when the result is unknown')
    .option('--baseline <file>', 'a former result in JSON: only what it does not have counts')
    .option('--explain <id>', 'tell all about one vulnerability, and why it is there or not')
    .option(
      '--key <file>',
      'with attached:<image>, a public key (PEM, ECDSA P-256 or Ed25519): only an attestation that it has signed counts',
    )
    .option('--sbom-only', 'no matching: write the SBOM (-f cyclonedx or spdx)')
    .action(async (target: string, flags: Flags) => {
      if (flags.sbomOnly) return writeSbom(target, flags);
      const { image, gates } = await scan(target, flags);
      if (flags.explain !== undefined) {
        await writeOut(explain(image, flags.explain), flags.output, cwd);
        return;
      }
      for (const { format, file = flags.output } of flags.format ?? [{ format: 'table' as const }])
        await writeOut(formatted(image, format, file), file, cwd);
      end(image, gates, flags);
    });

  async function scan(target: string, flags: Flags): Promise<{ image: ImageResult; gates: ImageGates }> {
    const maxAgeMs = parseDuration(flags.maxAge);
    if (maxAgeMs === undefined)
      throw new BadInputError('--max-age', `expected a duration such as 5d, got "${flags.maxAge}"`);
    const { options, failOnSeverity } = await readMatchOptions(flags, cwd, target);
    const baseline =
      flags.baseline === undefined ? undefined : await readBaseline(resolve(cwd, flags.baseline));
    const sbom = await readTarget(target, { ...flags, cwd, signal });
    const database = VulnerabilityDatabase.open(databaseFolder(flags.db, cwd), { maxAgeMs });
    try {
      const result = matchSbom(sbom, database, options);
      const image = { name: target, sbom, result, database: database.status(), atMs: Date.now() };
      return {
        image: baseline === undefined ? image : { ...image, baseline },
        gates: gatesOf(flags, failOnSeverity),
      };
    } finally {
      database.close();
    }
  }

  async function writeSbom(target: string, flags: Flags): Promise<void> {
    const sbom = await readTarget(target, { ...flags, cwd, signal });
    const about = { name: target, version, nowMs: Date.now() };
    for (const { format, file = flags.output } of flags.format ?? [{ format: 'cyclonedx' as const }]) {
      if (format !== 'cyclonedx' && format !== 'spdx')
        throw new BadInputError('--format', `an SBOM is written as cyclonedx or spdx, not as ${format}`);
      await writeOut(format === 'spdx' ? toSpdx(sbom, about) : toCycloneDx(sbom, about), file, cwd);
    }
    for (const { where, reason } of sbom.partial)
      process.stderr.write(`warning: ${inOneLine(`${where}: ${reason}`)}\n`);
  }
};

function formatted(image: ImageResult, format: ImageFormat, file: string | undefined): string {
  if (format !== 'table') return write(image, format);
  const isTerminal = file === undefined && process.stdout.isTTY === true;
  return toTable(image, { colours: isTerminal && process.env['NO_COLOR'] === undefined });
}

/** @throws {CommandEnd} with 1 when something counts, with 3 when nothing could be told. */
function end(image: ImageResult, gates: ImageGates, { allowUnknown, baseline, format }: Flags): void {
  const breaches = breachesOf(image, gates);
  const { coverage } = image.result;
  // Formats for programs hold it as well, but nobody reads those on a terminal.
  if (format !== undefined)
    for (const reason of coverage.reasons) process.stderr.write(`warning: ${inOneLine(reason)}\n`);
  if (breaches.length > 0) {
    if (baseline !== undefined) process.stderr.write(`not passed: ${breaches.length} new\n`);
    throw new CommandEnd(1);
  }
  if (coverage.state === 'unknown' && allowUnknown !== true) throw new CommandEnd(3);
}

/** Any match counts when nothing else is asked for. */
function gatesOf(flags: Flags, configured: string): ImageGates {
  const named = flags.failOn ?? configured;
  const hasOther = flags.failOnKev === true || flags.failOnEpss !== undefined;
  const wanted = named === '' ? (hasOther ? undefined : 'negligible') : named;
  const severity = vulnerabilitySeverities.find((one) => one.toLowerCase() === wanted) satisfies
    | VulnerabilitySeverity
    | undefined;
  if (wanted !== undefined && severity === undefined)
    throw new BadInputError('fail-on-severity', `expected one of ${thresholds.join(', ')}, got "${wanted}"`);
  return {
    ...(severity === undefined ? {} : { severity }),
    ...(flags.failOnEpss === undefined ? {} : { epss: flags.failOnEpss }),
    knownExploited: flags.failOnKev === true,
    onlyFixable: flags.fixable === true,
  };
}

function gather(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return value;
}
