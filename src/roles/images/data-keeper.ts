import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseUpdater } from '../../images/database/updater.ts';
import { databaseLayout, type VulnerabilityDatabase } from '../../images/database/vulnerability-database.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';

export interface DataKeeperOptions {
  readonly database: VulnerabilityDatabase;
  /** Left out where the data is not to be got from anywhere. */
  readonly updater?: DatabaseUpdater;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often the folder is looked at; 30 s when left out. */
  readonly everyMs?: number;
}

/** Takes up vulnerability data that others put in the folder (`skopos db update`), and gets newer data where that is wanted. */
export class DataKeeper implements Component {
  readonly name = 'vulnerability data';
  readonly #options: DataKeeperOptions;
  #seen: string;

  constructor(options: DataKeeperOptions) {
    this.#options = options;
    this.#seen = signatureOf(options.database.folder);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs = 30_000 } = this.#options;
    do {
      this.look();
      await this.#update(signal);
    } while (await sleep(everyMs, signal, clock));
  }

  /** Changes over to what lies in the folder now, if that is other than before. */
  look(): void {
    const { database, log } = this.#options;
    const now = signatureOf(database.folder);
    if (now === this.#seen) return;
    this.#seen = now;
    database.reload();
    const { state, builtAtMs, problem } = database.status();
    log.info({ state, built: new Date(builtAtMs).toISOString(), problem }, 'vulnerability data was replaced');
  }

  async #update(signal: AbortSignal): Promise<void> {
    const { updater, database, log } = this.#options;
    if (updater === undefined || signal.aborted) return;
    try {
      const { outcome, warnings } = await updater.update(signal);
      for (const warning of warnings) log.warn({ warning }, 'vulnerability data');
      // The updater has changed over already.
      if (outcome === 'updated') this.#seen = signatureOf(database.folder);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: messageOf(error) }, 'vulnerability data could not be updated');
    }
  }
}

/** What tells one state of the folder's files from another. */
function signatureOf(folder: string): string {
  const own = join(folder, databaseLayout.advisories);
  const files = [join(folder, databaseLayout.main), ...namesIn(own).map((name) => join(own, name))];
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '' : `${file} ${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    })
    .join('\n');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.db'))
      .sort();
  } catch {
    return [];
  }
}
