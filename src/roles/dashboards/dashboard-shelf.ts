import { dirname } from 'node:path';
import type { DashboardsSource } from '../../api/skopos/dashboards.ts';
import type {
  DashboardJson,
  DashboardSummaryJson,
  DashboardsJson,
} from '../../api/skopos/dashboards-contract.ts';
import { allPanels, type Dashboard } from '../../dashboards/dashboard.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import { type FileProblem, type FoundFile, findFiles, readDashboardFile } from './dashboard-files.ts';

/** A folder to read. */
export interface ShelfFolder {
  readonly path: string;
  readonly isShipped: boolean;
}

export interface ShelfOptions {
  /** Of dashboards with the same uid the one of the folder that stands first is shown. */
  readonly folders: readonly ShelfFolder[];
  readonly clock: Clock;
  readonly log: Logger;
  /** How often folders are looked at. */
  readonly lookEveryMs?: number;
}

/** All texts together take no more than this. */
const mostBytes = 32 * 1024 * 1024;

interface Kept {
  readonly mark: string;
  /** What stands in the list; undefined when the file is broken. */
  readonly summary?: DashboardSummaryJson;
  readonly text?: string;
  readonly problem?: string;
}

/** The dashboards of some folders, read at the start and when they change. A broken file is named; the others go on. */
export class DashboardShelf implements Component, DashboardsSource {
  readonly name = 'dashboards';
  readonly #options: ShelfOptions;
  /** By path. */
  #files = new Map<string, Kept>();
  #problems: readonly FileProblem[] = [];
  #firstLook: Promise<void> | undefined;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, lookEveryMs = 5000 } = this.#options;
    while (!signal.aborted) {
      await this.#lookNow();
      await sleep(lookEveryMs, signal, clock);
    }
  }

  async list(): Promise<DashboardsJson> {
    await (this.#firstLook ?? this.#lookNow());
    const items = [...this.#byUid().values()].map(({ summary }) => summary);
    return { items: items.sort((a, b) => (a.title < b.title ? -1 : 1)), problems: [...this.problems()] };
  }

  async get(uid: string): Promise<DashboardJson | undefined> {
    await (this.#firstLook ?? this.#lookNow());
    const found = this.#byUid().get(uid);
    if (found === undefined) return undefined;
    return { ...found.summary, dashboard: JSON.parse(found.text) as DashboardJson['dashboard'] };
  }

  /** Files that cannot be shown. */
  problems(): readonly FileProblem[] {
    const broken = [...this.#files].flatMap(([file, { problem }]) =>
      problem === undefined ? [] : [{ file, message: problem }],
    );
    return [...this.#problems, ...broken, ...this.#repeated()];
  }

  /** How many dashboards can be shown. */
  get size(): number {
    return this.#byUid().size;
  }

  #lookNow(): Promise<void> {
    const look = this.#look();
    this.#firstLook ??= look;
    return look;
  }

  async #look(): Promise<void> {
    const before = this.#files;
    const after = new Map<string, Kept>();
    const problems: FileProblem[] = [];
    let bytes = 0;
    for (const { path: folder, isShipped } of this.#options.folders) {
      const found = await findFiles(folder);
      problems.push(...found.problems);
      for (const file of found.files) {
        bytes += file.bytes;
        const known = before.get(file.path);
        if (bytes > mostBytes)
          after.set(file.path, {
            mark: '',
            problem: `dashboards take more than ${mostBytes} bytes together`,
          });
        else if (known?.mark === file.mark) after.set(file.path, known);
        else after.set(file.path, await this.#read(file, isShipped));
      }
    }
    this.#files = after;
    this.#problems = problems;
  }

  async #read(file: FoundFile, isShipped: boolean): Promise<Kept> {
    try {
      const { text, dashboard } = await readDashboardFile(file);
      return { mark: file.mark, text, summary: summaryOf(dashboard, file, isShipped) };
    } catch (error) {
      this.#options.log.warn({ file: file.path, problem: messageOf(error) }, 'dashboard cannot be shown');
      return { mark: file.mark, problem: messageOf(error) };
    }
  }

  #byUid(): Map<string, { readonly summary: DashboardSummaryJson; readonly text: string }> {
    const found = new Map<string, { readonly summary: DashboardSummaryJson; readonly text: string }>();
    for (const { summary, text } of this.#files.values())
      if (summary !== undefined && text !== undefined && !found.has(summary.uid))
        found.set(summary.uid, { summary, text });
    return found;
  }

  /** Dashboards that are hidden behind another of their uid; one of ours that is replaced is meant to be. */
  #repeated(): FileProblem[] {
    const shown = this.#byUid();
    return [...this.#files].flatMap(([file, { summary }]) => {
      const other = summary === undefined ? undefined : shown.get(summary.uid)?.summary;
      if (summary === undefined || other === undefined || other === summary || summary.isShipped) return [];
      return [{ file, message: `has the uid ${summary.uid}, as ${other.file} has, which is shown` }];
    });
  }
}

function summaryOf(dashboard: Dashboard, { file }: FoundFile, isShipped: boolean): DashboardSummaryJson {
  const { uid, title, description, tags } = dashboard;
  const folder = dirname(file);
  return {
    ...{ uid, title, description, file, isShipped },
    tags: [...tags],
    folder: folder === '.' ? '' : folder,
    panels: allPanels(dashboard).filter(({ type }) => type !== 'row').length,
  };
}
