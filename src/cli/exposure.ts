import { BadInputError, NotFoundError } from '../kit/app-error.ts';
import { formatRef } from '../model/object.ts';
import { refsText } from './access.ts';
import { colours as pc } from './colours.ts';
import type { AddCommand } from './program.ts';
import { readRelations, type TargetFlags, withTarget } from './relations-target.ts';

type Report = Awaited<ReturnType<typeof readRelations>>;

interface Flags extends TargetFlags {
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
  readonly json?: true;
}

/** `skopos exposure`: what can be reached from outside, and whether one workload may connect to another. */
export const exposureCommand: AddCommand = (program, context) => {
  withTarget(
    program
      .command('exposure')
      .description(
        'what can be reached from outside of the cluster, and whether one workload may connect to another',
      ),
  )
    .option(
      '--from <object>',
      'with --to: the one that connects, as apps/Deployment/shop/web (/Pod/shop/x for the core group)',
    )
    .option('--to <object>', 'the one that is connected to')
    .option('--port <port>', 'a port, 8080 or 53/UDP; all that it listens on when left out')
    .option('--json', 'print it as JSON')
    .action(async (target: string, flags: Flags) => {
      const { from, to, port } = flags;
      if ((from === undefined) !== (to === undefined))
        throw new BadInputError(
          from === undefined ? '--from' : '--to',
          'is needed too: --from and --to go together',
        );
      const report = await readRelations(target, flags, context);
      const [document, words] =
        from !== undefined && to !== undefined ? connect(report, from, to, port) : exposed(report);
      process.stdout.write(flags.json ? `${JSON.stringify(document, undefined, 2)}\n` : words);
    });
};

function exposed(report: Report): readonly [document: unknown, words: string] {
  const items = report.exposed();
  const notEvaluated = report.notEvaluated();
  const blind =
    notEvaluated.length === 0 ? [] : [`${notEvaluated.join(', ')} are not evaluated, and may close more.`];
  const lines = items.flatMap(({ object, ways }) => [pc.bold(formatRef(object)), ...ways.map(wayText)]);
  const none = items.length === 0 ? ['Nothing can be reached from outside of the cluster.'] : [];
  return [{ total: items.length, items, notEvaluated }, `${[...none, ...lines, ...blind].join('\n')}\n`];
}

type Way = ReturnType<Report['exposed']>[number]['ways'][number];

function wayText({ kind, scope, through, hosts, ports, state, policies }: Way): string {
  const from = typeof scope === 'string' ? scope : scope.sources.join(', ');
  const end = ports.map(({ protocol, port }) => `${protocol} ${port}`).join(', ');
  const parts = [
    `${state === 'closed' ? pc.green(state) : pc.red(state)} ${kind} (${from})`,
    ...(hosts.length === 0 ? [] : [`as ${hosts.join(', ')}`]),
    ...(through.length === 0 ? [] : [`through ${refsText(through)}`]),
    ...(end === '' ? [] : [`to ${end}`]),
    ...(policies.length === 0 ? [] : [pc.dim(`by ${refsText(policies)}`)]),
  ];
  return `  ${parts.join(' ')}`;
}

function connect(
  report: Report,
  from: string,
  to: string,
  port: string | undefined,
): readonly [document: unknown, words: string] {
  const found = report.connection(from, to, port === undefined ? [] : [portOf(port)]);
  if (found === undefined)
    throw new NotFoundError(
      `"${from}" or "${to}" is not there, or has no pods; write apps/Deployment/shop/web`,
    );
  const lines = found.ports.map(({ port: { protocol, port: number }, isOpen, egress, ingress }) => {
    const told = (gate: typeof egress) =>
      gate.policies.length === 0
        ? 'no policy'
        : `${gate.isOpen ? 'let by' : 'kept by'} ${refsText(gate.policies)}`;
    return `${protocol} ${number} ${isOpen ? pc.yellow('open') : pc.green('closed')}  ${pc.dim(`out: ${told(egress)}; in: ${told(ingress)}`)}`;
  });
  const none =
    lines.length === 0 ? [`${formatRef(found.to.object)} names no port that it listens on; give --port`] : [];
  return [found, `${[...none, ...lines].join('\n')}\n`];
}

/** @throws {BadInputError} */
function portOf(text: string): { readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly port: number } {
  const [, number = '', protocol = 'TCP'] = /^(\d{1,5})(?:\/(TCP|UDP|SCTP))?$/i.exec(text) ?? [];
  const port = Number(number);
  if (!(port > 0 && port < 65_536))
    throw new BadInputError('--port', `expected 8080 or 53/UDP, got "${text}"`);
  const word = protocol.toUpperCase();
  return { protocol: word === 'UDP' || word === 'SCTP' ? word : 'TCP', port };
}
