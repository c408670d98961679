import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BadInputError } from '../kit/app-error.ts';
import { shippedRules } from '../roles/paths.ts';
import { parseRuleFile } from '../rules/rule-file.ts';
import { addRbacCommand } from './export/rbac.ts';
import { groupsOf, nameOf, toPrometheusRules, toRuleFile } from './export/rule-manifests.ts';
import { putGroup } from './export/ruler-client.ts';
import { addVapCommand } from './export/vap.ts';
import { type RuleText, readRuleTexts } from './lint/rule-files.ts';
import type { AddCommand, CliContext } from './program.ts';

interface Flags {
  readonly format?: string;
  readonly namespace?: string;
  readonly label?: readonly string[];
  readonly output?: string;
  readonly to?: readonly string[];
  readonly tenant?: string;
  readonly user?: string;
  readonly token?: string;
}

const formats = ['rules', 'prometheusrule'];

/** `skopos export`: rules for the engines of others, controls for admission, and the roles that Skopos needs itself. */
export const exportCommand: AddCommand = (program, context) => {
  const verb = program.command('export').description('write what others can run');
  addVapCommand(verb, context);
  addRbacCommand(verb, context);
  verb
    .command('rules')
    .description('the shipped rules, or your own, as a rule file, as PrometheusRule objects, or to Mimir')
    .argument('[files or folders...]', 'rule files; those that Skopos ships when left out')
    .option('-f, --format <format>', `${formats.join(' or ')} (rules)`)
    .option(
      '--namespace <name>',
      'of the PrometheusRule objects; of the ruler, where it is one for all files',
    )
    .option('--label <name=value>', 'of the PrometheusRule objects; may be given several times', gather)
    .option('-o, --output <file>', 'where it goes, instead of to standard output')
    .option('--to <where...>', '"mimir" and its address: puts every group into its ruler')
    .option('--tenant <id>', 'of Mimir: X-Scope-OrgID')
    .option('--user <name>', 'with --token, for basic authentication')
    .option('--token <token>', 'bearer token, or the password of --user (or SKOPOS_EXPORT_TOKEN)')
    .action(async (paths: readonly string[], flags: Flags) => {
      const texts = readRuleTexts(paths.length === 0 ? [shippedRules] : paths, context.cwd);
      // What does not load here would be refused there, with worse words.
      for (const { path, text } of texts) parseRuleFile(text, path);
      if (flags.to === undefined) print(written(texts, flags), flags, context);
      else await send(texts, flags, context);
    });
};

function written(texts: readonly RuleText[], flags: Flags): string {
  const { format = 'rules', namespace, label = [] } = flags;
  if (format === 'rules') return toRuleFile(texts);
  if (format !== 'prometheusrule')
    throw new BadInputError('--format', `expected one of ${formats.join(', ')}, got "${format}"`);
  const labels = Object.fromEntries(
    label.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new BadInputError('--label', `expected name=value, got "${pair}"`);
      return [name, value];
    }),
  );
  return toPrometheusRules(texts, { labels, ...(namespace === undefined ? {} : { namespace }) });
}

function print(text: string, { output }: Flags, { cwd }: CliContext): void {
  if (output === undefined) process.stdout.write(text);
  else writeFileSync(resolve(cwd, output), text);
}

async function send(texts: readonly RuleText[], flags: Flags, { signal }: CliContext): Promise<void> {
  const [kind, url, ...more] = flags.to ?? [];
  if (kind !== 'mimir' || url === undefined || more.length > 0)
    throw new BadInputError(
      '--to',
      'expected "mimir" and the address of its API: --to mimir http://mimir:8080',
    );
  if (!URL.canParse(url))
    throw new BadInputError('--to', `"${url}" is not an address; write http://host:port`);
  if (flags.format !== undefined || flags.output !== undefined)
    throw new BadInputError('--to', 'what is sent is not written too: leave out --format and --output');
  const token = flags.token ?? process.env['SKOPOS_EXPORT_TOKEN'];
  const options = {
    url,
    signal,
    ...(flags.tenant === undefined ? {} : { tenant: flags.tenant }),
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(token === undefined ? {} : { token }),
  };
  for (const file of texts) {
    const namespace = flags.namespace ?? nameOf(file);
    for (const group of groupsOf(file)) {
      await putGroup(options, namespace, group);
      process.stdout.write(`${namespace}/${group.name}: accepted\n`);
    }
  }
}

function gather(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
