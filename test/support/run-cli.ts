import { Readable } from 'node:stream';
import { type AddCommand, CommandEnd, exitCodeOf, program } from '../../src/cli/program.ts';
import { messageOf } from '../../src/kit/app-error.ts';

export interface CliRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one verb in this process, as main.ts does, and gathers what it prints. */
export async function runCli(
  command: AddCommand,
  args: readonly string[],
  cwd: string,
  stdin = '',
): Promise<CliRun> {
  const cli = program();
  command(cli, { cwd, signal: new AbortController().signal, stdin: Readable.from([stdin]) });
  const out = gather(process.stdout);
  const err = gather(process.stderr);
  let exitCode = 0;
  try {
    await cli.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommandEnd)) process.stderr.write(messageOf(error));
    exitCode = exitCodeOf(error);
  } finally {
    out.restore();
    err.restore();
  }
  return { exitCode, out: out.text(), err: err.text() };
}

/** Takes what is written to a stream, until it is restored. */
function gather(stream: NodeJS.WriteStream) {
  const parts: string[] = [];
  const { write } = stream;
  stream.write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
    parts.push(String(chunk));
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') callback();
    return true;
  };
  function restore(): void {
    stream.write = write;
  }
  return { text: () => parts.join(''), restore };
}
