import { BadInputError, messageOf } from '../../kit/app-error.ts';
import type { ImageScope } from '../image-scanner.ts';
import type { JobKind, JobSpec, JobWork } from '../job.ts';
import type { PostureScope } from '../posture-scanner.ts';
import type { Command } from './command.ts';
import { registryOf } from './registry-info.ts';
import { scopeOfRequest, scopeText } from './scan-request.ts';
import { scheduleChangeOf } from './schedule-change.ts';
import { parseWlid } from './wlid.ts';

interface Plan {
  readonly kind: JobKind;
  readonly title: string;
  readonly work: JobWork;
}

type Planner = (command: Command) => Plan;

const postureScan: Planner = (command) => {
  const scope = { ...scopeOfRequest(command.args['scanV1']), ...postureScopeOf(command) };
  return {
    kind: 'posture',
    title: `Scan of ${scopeText(scope)}`,
    work: { type: 'posture', scope, report: false },
  };
};

const imageScan: Planner = (command) => {
  const scope = imageScopeOf(command);
  return { kind: 'images', title: `Scan of ${imageScopeText(scope)}`, work: { type: 'images', scope } };
};

const registryScan: Planner = (command) => {
  const registry = registryOf(command.args);
  return {
    kind: 'registry',
    title: `Scan of the registry ${registry.name}`,
    work: { type: 'registry', registry },
  };
};

const registryCheck: Planner = (command) => {
  const registry = registryOf(command.args);
  return {
    kind: 'registry',
    title: `Check of the registry ${registry.name}`,
    work: { type: 'registry-check', registry },
  };
};

const schedule: Planner = (command) => {
  const change = scheduleChangeOf(command);
  const verb = { set: 'Creation', update: 'Change', delete: 'Deletion' }[change.action];
  const name = change.name === undefined ? '' : ` ${change.name}`;
  return {
    kind: 'schedule',
    title: `${verb} of the recurring scan${name}`,
    work: { type: 'schedule', change },
  };
};

const unsupported =
  (what: string, reason: string): Planner =>
  () => ({ kind: 'other', title: what, work: { type: 'unsupported', reason } });

const retired = (name: string): Planner =>
  unsupported(
    `Command ${name}`,
    'this command was retired by Kubescape, and what it asks for is always up to date here',
  );

/**
 * What each command of Kubescape's operator becomes.
 *
 * Source: https://github.com/armosec/armoapi-go, apis/clusterapis.go
 */
const planners: Readonly<Record<string, Planner>> = {
  kubescapeScan: postureScan,
  runKubescapeJob: postureScan,
  execPostureScan: postureScan,
  setKubescapeCronJob: schedule,
  updateKubescapeCronJob: schedule,
  deleteKubescapeCronJob: schedule,
  scan: imageScan,
  setVulnScanCronJob: schedule,
  updateVulnScanCronJob: schedule,
  deleteVulnScanCronJob: schedule,
  scanRegistry: registryScan,
  scanRegistryV2: registryScan,
  setRegistryScanCronJob: schedule,
  updateRegistryScanCronJob: schedule,
  deleteRegistryScanCronJob: schedule,
  testRegistryConnectivity: registryCheck,
  calculateSBOM: imageScan,
  scanApplicationProfile: unsupported(
    'Scan of an application profile',
    'application profiles are learned from running containers, which Skopos does not observe',
  ),
  operatorAction: unsupported(
    'Operator action',
    'Skopos changes no workloads: it has no rights to do so. "skopos fix" makes the patch for a person to apply',
  ),
  updateRules: retired('updateRules'),
  validateRules: retired('validateRules'),
};

export const knownCommands: readonly string[] = Object.keys(planners);

/**
 * What a command is to do. One that cannot be read or done becomes a job that fails with the reason, so that who sent it and forgot it
 * can be told.
 */
export function planOf(command: Command): JobSpec {
  const name = knownCommands.find((known) => known.toLowerCase() === command.commandName.toLowerCase());
  const planner = name === undefined ? undefined : planners[name];
  if (name === undefined || planner === undefined)
    return refused(command.commandName, `there is no command "${command.commandName}"`);
  try {
    return { command: name, ...planner(command) };
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    return refused(name, messageOf(error));
  }
}

function refused(command: string, reason: string): JobSpec {
  const name = command.slice(0, 100);
  return { kind: 'other', command: name, title: `Command ${name}`, work: { type: 'unsupported', reason } };
}

/** The place that the wlid or the designators of a command name. */
interface Place {
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
}

function placeOf({ wlid, designators }: Command): Place {
  if (wlid !== '') return parseWlid(wlid);
  const attributes = designators[0]?.attributes ?? {};
  if (attributes['wlid'] !== undefined && attributes['wlid'] !== '') return parseWlid(attributes['wlid']);
  const { namespace = '', kind = '', name = '' } = attributes;
  return {
    ...(namespace === '' ? {} : { namespace }),
    ...(kind === '' || name === '' ? {} : { kind, name }),
  };
}

function postureScopeOf(command: Command): PostureScope {
  const { namespace, kind, name } = placeOf(command);
  if (kind !== undefined && name !== undefined) return { object: { kind, namespace: namespace ?? '', name } };
  return namespace === undefined ? {} : { namespaces: [namespace] };
}

function imageScopeOf(command: Command): ImageScope {
  const { images } = command.args;
  if (Array.isArray(images) && images.length > 0) return { images: images.map(String) };
  const { namespace, kind, name } = placeOf(command);
  if (kind !== undefined && name !== undefined) return { object: { kind, namespace: namespace ?? '', name } };
  return namespace === undefined ? {} : { namespaces: [namespace] };
}

export function imageScopeText({ namespaces, object, images }: ImageScope): string {
  if (images !== undefined) return images.length === 1 ? `the image ${images[0]}` : `${images.length} images`;
  if (object !== undefined)
    return `the images of ${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`;
  return namespaces === undefined
    ? 'the images of the cluster'
    : `the images of namespace ${namespaces.join(', ')}`;
}
