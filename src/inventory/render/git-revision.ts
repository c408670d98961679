import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { BadInputError, messageOf, UnavailableError } from '../../kit/app-error.ts';
import { runTool, type ToolOptions } from './run-tool.ts';

/** A file or folder as it was. */
export interface Earlier {
  /** Where it lies now; undefined when it was not there then. */
  readonly path: string | undefined;
  /** The commit that it was taken from, in short. */
  readonly commit: string;
  /** Takes it away again. */
  remove(): Promise<void>;
}

/**
 * Lays out what a file or folder of a git working tree was where the branch left `revision`: at the last commit that both have
 * in common, so that what others did since is not taken for the branch's. The working tree and its index are only read.
 *
 * @throws {BadInputError} when it is in no working tree, or there is no such revision; {UnavailableError} without git.
 */
export async function earlierVersion(path: string, revision: string, options: ToolOptions): Promise<Earlier> {
  const real = await realpath(path);
  const isFolder = (await stat(real)).isDirectory();
  const at: ToolOptions = { ...options, cwd: isFolder ? real : dirname(real) };
  const root = (await git(['rev-parse', '--show-toplevel'], at, `${path} is in no git working tree`)).trim();
  const wanted = `${revision}^{commit}`;
  const asked = (
    await git(
      ['rev-parse', '--verify', '--quiet', '--end-of-options', wanted],
      at,
      `there is no revision "${revision}"`,
    )
  ).trim();
  const common = await runTool('git', ['merge-base', asked, 'HEAD'], at).catch(() => undefined);
  const commit = common?.trim() || asked;
  const folder = await mkdtemp(join(tmpdir(), 'skopos-git-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const inside = relative(await realpath(root), real);
    const spec = inside === '' ? '.' : inside;
    const files = await git(['ls-tree', '-r', '--name-only', '-z', commit, '--', spec], { ...at, cwd: root });
    if (files === '') return { path: undefined, commit: commit.slice(0, 12), remove };
    // An index of its own: that of the user stays as it is.
    const env = { ...options.env, GIT_INDEX_FILE: join(folder, 'index') };
    const into = join(folder, 'tree');
    await git(['read-tree', commit], { ...at, cwd: root, env });
    const pieces = files.split('\0').filter((file) => file !== '');
    for (let i = 0; i < pieces.length; i += 500)
      await git(['checkout-index', `--prefix=${into}/`, '--', ...pieces.slice(i, i + 500)], {
        ...at,
        cwd: root,
        env,
      });
    return { path: join(into, inside), commit: commit.slice(0, 12), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function git(args: readonly string[], options: ToolOptions, problem?: string): Promise<string> {
  let text: string | undefined;
  try {
    text = await runTool('git', args, options);
  } catch (error) {
    if (problem === undefined) throw error;
    throw new BadInputError('--changed-since', `${problem} (${messageOf(error)})`, { cause: error });
  }
  if (text === undefined)
    throw new UnavailableError('--changed-since needs git, which is not installed (not on PATH)');
  return text;
}
