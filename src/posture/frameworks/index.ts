import { BadInputError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';
import type { Control } from '../control.ts';
import { controls } from '../controls/index.generated.ts';
import { allControls } from './all-controls.ts';
import { armoBest } from './armobest.ts';
import { cisAks12 } from './cis-aks-t1-2-0.ts';
import { cisAks18 } from './cis-aks-t1-8-0.ts';
import { cisEks17 } from './cis-eks-t1-7-0.ts';
import { cisEks18 } from './cis-eks-t1-8-0.ts';
import { cisGke19 } from './cis-gke-v1-9-0.ts';
import { cis110 } from './cis-v1-10-0.ts';
import { cis112 } from './cis-v1-12-0.ts';
import { clusterScan } from './clusterscan.ts';
import { devOpsBest } from './devopsbest.ts';
import type { Framework } from './framework.ts';
import { mitre } from './mitre.ts';
import { nsa } from './nsa.ts';
import { podSecurityBaseline, podSecurityRestricted } from './pod-security.ts';
import { security } from './security.ts';
import { soc2 } from './soc2.ts';
import { workloadScan } from './workloadscan.ts';
import { yamlScanning } from './yaml-scanning.ts';

export type { Framework } from './framework.ts';

/** Every framework there is. */
export const frameworks: readonly Framework[] = [
  nsa,
  mitre,
  clusterScan,
  workloadScan,
  security,
  armoBest,
  devOpsBest,
  soc2,
  cis112,
  cis110,
  cisEks18,
  cisEks17,
  cisAks18,
  cisAks12,
  cisGke19,
  podSecurityBaseline,
  podSecurityRestricted,
  yamlScanning,
  allControls,
];

/**
 * The framework of a name, whatever its case.
 *
 * @param path where the name was read, for the message.
 * @throws {BadInputError} that names the nearest one there is.
 */
export function frameworkOf(name: string, path = ''): Framework {
  const found = frameworks.find((framework) => framework.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const names = frameworks.map((framework) => framework.name);
  const hint = didYouMean(name, names);
  const rest = hint === '' ? `; there are: ${names.join(', ')}` : hint;
  throw new BadInputError(path, `there is no framework "${name}"${rest}`);
}

/**
 * The control of an id, whatever its case.
 *
 * @param path where the id was read, for the message.
 * @param more controls beside those that we have.
 * @throws {BadInputError} that names the nearest one there is.
 */
export function controlOf(id: string, path = '', more: readonly Control[] = []): Control {
  const all = [...new Set([...controls, ...more])];
  const found = all.find((control) => control.id.toLowerCase() === id.toLowerCase());
  if (found !== undefined) return found;
  const ids = all.map((control) => control.id);
  const hint = didYouMean(id.toUpperCase(), ids) || didYouMean(id, ids);
  throw new BadInputError(path, `there is no control "${id}"${hint}`);
}

/**
 * The controls of a framework, in its order.
 *
 * @throws {BadInputError} when it names one that does not exist.
 */
export function controlsOf(framework: Framework): readonly Control[] {
  return framework.controls.map((id) => controlOf(id, framework.name));
}
