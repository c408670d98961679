import { subjectLabel } from '../inventory/relations/subjects.ts';
import { BadInputError } from '../kit/app-error.ts';
import { formatRef, type ObjectRef } from '../model/object.ts';
import { colours as pc } from './colours.ts';
import type { AddCommand } from './program.ts';
import { readRelations, type TargetFlags, withTarget } from './relations-target.ts';

type Report = Awaited<ReturnType<typeof readRelations>>;

interface Flags extends TargetFlags {
  readonly subject?: string;
  readonly who?: readonly string[];
  readonly namespace: string;
  readonly all?: true;
  readonly json?: true;
}

/** `skopos access`: who may do what, and how far that leads. */
export const accessCommand: AddCommand = (program, context) => {
  withTarget(
    program
      .command('access')
      .description(
        'who may do what by role-based access control, whom they can act as, and who leads to everything',
      ),
  )
    .option('--subject <subject>', 'all about one: serviceaccount:shop/cart, user:jane, group:ops')
    .option(
      '--who <action...>',
      'who may do something: --who create pods/exec, --who get secrets, --who list deployments.apps',
    )
    .option('-n, --namespace <name>', 'with --who: where; everywhere when left out', '')
    .option('--all', 'those without any power too, when something runs as them')
    .option('--json', 'print it as JSON')
    .action(async (target: string, flags: Flags) => {
      const action = flags.who === undefined ? undefined : actionOf(flags.who);
      const report = await readRelations(target, flags, context);
      const [document, words] = answer(report, flags, action);
      process.stdout.write(flags.json ? `${JSON.stringify(document, undefined, 2)}\n` : words);
    });
};

function answer(
  report: Report,
  { subject, namespace, all }: Flags,
  action: ReturnType<typeof actionOf> | undefined,
): readonly [document: unknown, words: string] {
  if (action !== undefined) {
    const found = report.whoMay(action, namespace);
    return [found, whoText(found)];
  }
  if (subject !== undefined) {
    const found = report.subject(report.parseSubject(subject));
    return [found, subjectText(found)];
  }
  const items = report.ranking().filter(({ powers }) => all === true || powers.length > 0);
  return [{ total: items.length, items }, rankingText(items)];
}

/** `create pods/exec`, or with an API group as kubectl writes it: `list deployments.apps`. @throws {BadInputError} */
function actionOf(words: readonly string[]): {
  verb: string;
  group: string;
  resource: string;
  name?: string;
} {
  const [verb = '', thing = '', name, ...rest] = words;
  if (verb === '' || thing === '' || rest.length > 0)
    throw new BadInputError('--who', 'expected a verb, a resource and perhaps a name: --who get secrets');
  const [whole = '', part] = thing.split('/');
  const dot = whole.indexOf('.');
  const resource = dot < 0 ? whole : whole.slice(0, dot);
  return {
    verb,
    group: dot < 0 ? '' : whole.slice(dot + 1),
    resource: part === undefined ? resource : `${resource}/${part}`,
    ...(name === undefined ? {} : { name }),
  };
}

function rankingText(items: readonly ReturnType<Report['rowOf']>[]): string {
  if (items.length === 0) return 'Nobody may do more than it looks.\n';
  const lines = items.map(({ subject, powers, leadsToCluster, workloads }) => {
    const mark = leadsToCluster ? pc.red('leads to everything') : pc.dim('stays within bounds');
    const runs = workloads === 0 ? '' : pc.dim(`, ${workloads} run as it`);
    return [
      `${pc.bold(subjectLabel(subject))}  ${mark}${runs}`,
      ...powers.map((power) => `  ${powerText(power)}`),
    ];
  });
  return `${lines.flat().join('\n')}\n`;
}

type PowerRow = ReturnType<Report['rowOf']>['powers'][number];

function powerText({ title, namespace, names, binding, role }: PowerRow): string {
  const where = namespace === '' ? 'everywhere' : `in ${namespace}`;
  const which = names.length === 0 ? '' : ` (${names.join(', ')})`;
  return `${title} ${where}${which} ${pc.dim(`by ${formatRef(binding.object)}, ${formatRef(role.object)}`)}`;
}

function subjectText(found: ReturnType<Report['subject']>): string {
  const { subject, powers, permissions, unknownRoles, reaches, isCut, toCluster = [], workloads } = found;
  const lines = [
    pc.bold(subjectLabel(subject)),
    ...section('What it may do beyond its looks', powers.map(powerText)),
    ...section(
      'The shortest way to everything',
      toCluster.map(
        ({ from, to, power }) =>
          `${subjectLabel(from)} ${power.title} → ${to === undefined ? 'everything' : subjectLabel(to)}`,
      ),
    ),
    ...section(
      `Whom it can act as${isCut ? ' (the first of more)' : ''}`,
      reaches.flatMap(({ to }) => (to === undefined ? [] : [subjectLabel(to)])),
    ),
    ...section(
      'What its roles allow',
      permissions.flatMap(({ namespace, role, binding, group, rules }) => [
        `${formatRef(role.object)} ${namespace === '' ? 'everywhere' : `in ${namespace}`} ${pc.dim(`by ${formatRef(binding.object)}${group === undefined ? '' : `, group ${group}`}`)}`,
        ...rules.map(ruleText),
      ]),
    ),
    ...section(
      'Given, but not there',
      unknownRoles.map(({ role, binding }) => `${formatRef(role.object)} by ${formatRef(binding.object)}`),
    ),
    ...section(
      'What runs as it',
      workloads.map(({ object }) => formatRef(object)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

type Rule = ReturnType<Report['subject']>['permissions'][number]['rules'][number];

function ruleText({ verbs, resources, apiGroups, resourceNames, nonResourceURLs }: Rule): string {
  const groups = apiGroups.filter((group) => group !== '');
  const of = groups.length === 0 ? '' : ` of ${groups.join(', ')}`;
  const names = resourceNames.length === 0 ? '' : ` named ${resourceNames.join(', ')}`;
  return `  ${verbs.join(', ')} ${[...resources, ...nonResourceURLs].join(', ')}${of}${names}`;
}

function whoText({ items }: ReturnType<Report['whoMay']>): string {
  if (items.length === 0) return 'Nobody that a binding names may do that.\n';
  const lines = items.map(({ subject, namespace, binding, role }) => {
    const where = namespace === '' ? 'everywhere' : `in ${namespace}`;
    return `${subjectLabel(subject)} ${where} ${pc.dim(`by ${formatRef(binding.object)}, ${formatRef(role.object)}`)}`;
  });
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', pc.bold(title), ...lines.map((line) => `  ${line}`)];
}

/** For other verbs about relations. */
export function refsText(named: readonly { readonly object: ObjectRef }[]): string {
  return named.map(({ object }) => formatRef(object)).join(', ');
}
