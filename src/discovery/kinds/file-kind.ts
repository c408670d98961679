import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { FileSdConfig } from '../config/file-sd-config.ts';
import { readTargetFile } from '../config/target-file.ts';
import type { DiscoveryKind, Emit, ReportFailure, TargetGroup } from '../target-group.ts';
import { groupOf, replaced } from './static-kind.ts';

/** Writers touch a file several times; one look for all of it. */
const settleMs = 50;

/**
 * Groups from files, watched, and looked at again at an interval for file systems that tell nothing. A file that cannot be read
 * keeps what it gave last.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
 */
export function fileKind(
  config: FileSdConfig,
  { clock, report }: { readonly clock: Clock; readonly report: ReportFailure },
): DiscoveryKind {
  return {
    kind: 'file',
    async run(emit, signal) {
      const last = new Map<string, readonly TargetGroup[]>();
      let sources: ReadonlySet<string> = new Set();
      const look = async (): Promise<void> => {
        sources = await readAll(config, { last, sources, emit, report });
      };
      await look();
      while (!signal.aborted) {
        await change(config, clock, signal);
        if (!signal.aborted) await look();
      }
    },
  };
}

interface Looking {
  readonly last: Map<string, readonly TargetGroup[]>;
  readonly sources: ReadonlySet<string>;
  readonly emit: Emit;
  readonly report: ReportFailure;
}

async function readAll(
  config: FileSdConfig,
  { last, sources, emit, report }: Looking,
): Promise<ReadonlySet<string>> {
  const files = config.files.flatMap(filesOf);
  let problem: string | undefined;
  for (const file of last.keys()) if (!files.includes(file)) last.delete(file);
  for (const file of files) {
    try {
      const text = await readFile(file, 'utf8');
      const groups = text.trim() === '' ? [] : readTargetFile(text, file);
      last.set(
        file,
        groups.map((group, index) => groupOf(group, `${file}:${index}`, { __meta_filepath: file })),
      );
    } catch (error) {
      problem = messageOf(error);
    }
  }
  const next = replaced(sources, [...last.values()].flat());
  report(problem);
  emit(next.emitted);
  return next.sources;
}

/** Resolves when something in the files' folders happened, or the interval is over, or at the end. */
function change(config: FileSdConfig, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = [];
    let cancelSettle: (() => void) | undefined;
    const done = (): void => {
      for (const watcher of watchers) watcher.close();
      cancelSettle?.();
      cancelTick();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancelTick = clock.timer(config.refresh_interval, done);
    signal.addEventListener('abort', done, { once: true });
    for (const folder of new Set(config.files.map((file) => dirname(file)))) {
      try {
        const watcher = watch(folder, { persistent: false }, () => {
          cancelSettle ??= clock.timer(settleMs, done);
        });
        watcher.on('error', () => watcher.close());
        watchers.push(watcher);
      } catch {
        // A folder that is not there yet is looked for at the interval.
      }
    }
  });
}

/** One star may stand in the last part of the path. A folder that is not there gives nothing. */
function filesOf(pattern: string): readonly string[] {
  const [before = '', after] = basename(pattern).split('*');
  if (after === undefined) return [pattern];
  const folder = dirname(pattern);
  try {
    return readdirSync(folder)
      .filter(
        (name) =>
          name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after),
      )
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
