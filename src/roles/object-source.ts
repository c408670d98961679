import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { LoadedConfig } from '../config/load-config.ts';
import { ClusterSource } from '../inventory/cluster/cluster-source.ts';
import type { ObjectTap } from '../inventory/cluster/object-tap.ts';
import { FolderSource } from '../inventory/folder/folder-source.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { BadInputError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import { type AccessChoice, loadAccess } from '../kube/load-access.ts';
import type { Logger } from '../log/logger.ts';
import { exampleFolder } from './paths.ts';
import { type Wanted, watchedKinds } from './watched-kinds.ts';

/** Where objects come from, chosen but not yet read. */
export type SourceChoice =
  | {
      readonly kind: 'folder';
      readonly folder: string;
      readonly isExample: boolean;
      readonly cluster: string;
    }
  | { readonly kind: 'cluster'; readonly access: AccessChoice; readonly cluster: string };

/**
 * The configuration's folder or kubeconfig; else the pod's own cluster; else the user's kubeconfig (`KUBECONFIG`, ~/.kube/config);
 * else the example shop.
 *
 * @throws {BadInputError} when the folder or the kubeconfig is no good.
 */
export async function chooseSource(config: LoadedConfig, env: NodeJS.ProcessEnv): Promise<SourceChoice> {
  const { folder, kubeconfig, context, in_cluster } = config.source;
  const isInCluster = env['KUBERNETES_SERVICE_HOST'] !== undefined;
  if (folder !== undefined) return folderChoice(folder, false);
  if (in_cluster === true || (kubeconfig === undefined && in_cluster !== false && isInCluster))
    return { kind: 'cluster', access: 'in-cluster', cluster: 'in-cluster' };
  const file =
    kubeconfig ??
    [env['KUBECONFIG']?.split(':')[0], join(homedir(), '.kube/config')].find(
      (path) => path !== undefined && existsSync(path),
    );
  if (file === undefined) {
    if (context !== undefined)
      throw new BadInputError('source.context', `there is no kubeconfig to find the context "${context}" in`);
    return folderChoice(exampleFolder, true);
  }
  const access = { kubeconfig: file, ...(context === undefined ? {} : { context }) };
  const { name } = await loadAccess(access);
  return { kind: 'cluster', access, cluster: name };
}

export function createSource(
  choice: SourceChoice,
  inventory: Inventory,
  clock: Clock,
  log: Logger,
  wanted: Wanted,
  tap?: ObjectTap,
): FolderSource | ClusterSource {
  if (choice.kind === 'folder') return new FolderSource({ folder: choice.folder, inventory, clock, log });
  return new ClusterSource({
    access: choice.access,
    inventory,
    clock,
    log,
    kinds: watchedKinds(wanted),
    ...(tap === undefined ? {} : { tap }),
    ...(wanted.serverInfo === true ? { keepServerInfo: true } : {}),
    ...(wanted.targets || wanted.monitors || wanted.addresses === true ? { keepAddresses: true } : {}),
  });
}

function folderChoice(folder: string, isExample: boolean): SourceChoice {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new BadInputError('source.folder', `${folder}: there is no such folder`);
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new BadInputError('source.folder', `${folder}: no permission to read it`, { cause: error });
  }
  return {
    kind: 'folder',
    folder,
    isExample,
    cluster:
      basename(folder)
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '') || 'local',
  };
}
