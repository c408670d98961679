import type { ReceiverTestJson } from '../api/skopos/contract.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags extends ApiFlags {
  readonly integration?: string;
  readonly label?: readonly string[];
}

/** `skopos notify test`: exits 1 when an integration did not take it. */
export const notifyCommand: AddCommand = (program, { signal }) => {
  answering(program.command('notify').description('notifications').command('test'))
    .description(
      'send a marked test notification to a receiver, end to end, and print what the service answers',
    )
    .argument('<receiver>')
    .option('--integration <name>', 'only this one, such as "ops/slack[0]"')
    .option('--label <name=value>', 'a label of the test alert; may be given several times', gather)
    .action(async (receiver: string, flags: Flags) => {
      const { results } = await callApi<ReceiverTestJson>(
        flags,
        `api/skopos/v1/receivers/${encodeURIComponent(receiver)}/test`,
        {
          method: 'POST',
          body: {
            ...(flags.integration === undefined ? {} : { integration: flags.integration }),
            ...(flags.label === undefined ? {} : { labels: flags.label.join(',') }),
          },
          signal,
        },
      );
      tell(flags, { results }, report(results));
      if (results.some(({ delivered }) => !delivered)) throw new CommandEnd(1);
    });
};

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function report(results: ReceiverTestJson['results']): string {
  const lines = results.flatMap(({ integration, delivered, answer, tookMs, templateProblems }) => [
    `${delivered ? pc.green('✓') : pc.red('✗')} ${integration}  ${answer}  ${pc.dim(`${Math.round(tookMs)} ms`)}`,
    ...templateProblems.map((problem) => pc.yellow(`  a template failed: ${problem}`)),
  ]);
  return `${lines.join('\n')}\n`;
}
