import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { configSchema } from '../config/schema.ts';
import { BadInputError, messageOf, UnavailableError } from '../kit/app-error.ts';
import { unifiedDiff } from '../kit/unified-diff.ts';

import { formatRef } from '../model/object.ts';
import { fixText, type Left } from './fix/fix-file.ts';
import { type AddCommand, CommandEnd } from './program.ts';
import { groupBy } from './scan/group-by.ts';
import { runScan } from './scan/run-scan.ts';
import type { ScanFinding } from './scan/scan-result.ts';

interface Flags {
  readonly dryRun?: true;
  readonly framework?: readonly string[];
  readonly exceptions?: readonly string[];
  readonly controlsConfig?: string;
  readonly includeControls?: readonly string[];
  readonly excludeControls?: readonly string[];
}

/** `skopos fix`: mends manifests in place; exits 1 when something is left for a person. */
export const fixCommand: AddCommand = (program, { cwd, signal }) => {
  program
    .command('fix')
    .description('mend manifests in place, touching only the lines that it must')
    .argument('<path>', 'a file or folder of manifests')
    .option('--dry-run', 'change nothing, print a unified diff')
    .option('--framework <name>', 'a framework to judge by; may be given several times', gather)
    .option('--exceptions <file>', "exceptions, Kubescape's or ours; may be given several times", gather)
    .option('--controls-config <file>', "Kubescape's control inputs, JSON or YAML")
    .option('--include-controls <ids>', 'mend these only; ids with commas between', list)
    .option('--exclude-controls <ids>', 'do not mend these', list)
    .action(async (target: string, flags: Flags) => {
      if (target === '-' || target === 'cluster')
        throw new BadInputError(
          '',
          `fix edits files; ${target} is none (a folder of that name is ./${target})`,
        );
      const { findings, warnings, source } = await runScan({
        ...flags,
        ...{ target, cwd, signal, timeoutMs: 0, env: process.env },
        isFrameworkChosen: flags.framework !== undefined,
        frameworks: flags.framework ?? configSchema.parse({}).posture.frameworks,
        readStdin: () => Promise.resolve(''),
      });
      if (source.rendered !== undefined)
        throw new BadInputError(
          '',
          `fix edits manifests, and ${target} is what ${source.rendered} makes them of`,
        );
      for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
      const left = await fixFiles(findings, cwd, flags.dryRun === true);
      for (const one of left) process.stderr.write(`left for you: ${said(one)}\n`);
      if (left.length > 0) throw new CommandEnd(1);
    });
};

async function fixFiles(findings: readonly ScanFinding[], cwd: string, isDryRun: boolean): Promise<Left[]> {
  const all: Left[] = [];
  for (const [file, own] of groupBy(findings, ({ place }) => place?.file ?? '')) {
    if (!/\.ya?ml$/.test(file)) {
      all.push(...own.map((finding) => ({ finding, reason: 'only YAML files are edited' })));
      continue;
    }
    const path = resolve(cwd, file);
    const before = await readFile(path, 'utf8');
    const { text, applied, left } = fixText(before, own);
    all.push(...left);
    if (text === before) continue;
    if (isDryRun) process.stdout.write(unifiedDiff(before, text, file));
    else {
      try {
        await writeFile(path, text);
      } catch (error) {
        throw new UnavailableError(`cannot write ${file}: ${messageOf(error)}`, { cause: error });
      }
      process.stdout.write(`${file}: mended ${applied.length} of ${own.length} findings\n`);
    }
  }
  return all;
}

function said({ finding: { control, object, evidence, place }, reason }: Left): string {
  const where = place === undefined ? '' : `${place.file}:${place.line}: `;
  return `${where}${control.id} ${control.name}, ${formatRef(object)}: ${evidence.message}; ${reason}`;
}

function gather(name: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, name];
}

function list(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, ...text.split(',').map((id) => id.trim())];
}
