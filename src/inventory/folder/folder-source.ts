import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import type { Logger } from '../../log/logger.ts';
import type { Inventory } from '../inventory.ts';
import type { SourceStatus } from '../source.ts';
import type { FileProblem } from './problem.ts';

export interface FolderSourceOptions {
  /** Absolute or relative to the working directory. */
  readonly folder: string;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  /** Looks at all files again this often, for what the operating system did not tell; 30 s when left out. */
  readonly rescanMs?: number;
  /** Keep the values of ConfigMaps; true when left out, as the files are on this disk anyway. */
  readonly keepConfigMapValues?: boolean;
}

/** Reads the manifests of a folder into an inventory and keeps watching them. Announces itself as source `folder`. */
export class FolderSource implements Component {
  readonly name = 'folder';

  constructor(options: FolderSourceOptions) {
    options.inventory.announce(this.name);
  }

  run(_signal: AbortSignal): Promise<void> {
    return Promise.resolve();
  }

  /** What is wrong with files now, in order of path and line. */
  problems(): readonly FileProblem[] {
    return [];
  }

  /** Calls `listener` whenever {@link problems} or {@link status} changed. Returns the cancel function. */
  onChange(_listener: () => void): () => void {
    return () => undefined;
  }

  status(): SourceStatus {
    return { state: 'starting', message: '' };
  }
}
