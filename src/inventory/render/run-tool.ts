import { execFile } from 'node:child_process';
import { UnavailableError } from '../../kit/app-error.ts';

/** More output than this is refused. */
const mostOutput = 256 * 1024 * 1024;

export interface ToolOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Runs a program of the user's and gives what it prints; undefined when there is no such program.
 *
 * @throws {UnavailableError} with what it said when it ended with an error.
 */
export function runTool(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: ToolOptions,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...env }, signal, maxBuffer: mostOutput, encoding: 'utf8' as const };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT' && error.syscall?.startsWith('spawn') === true) resolve(undefined);
      else {
        const said = stderr.trim() === '' ? error.message : stderr.trim();
        reject(new UnavailableError(`${command} ${args[0] ?? ''}: ${said}`, { cause: error }));
      }
    });
  });
}
