import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { dump } from 'js-yaml';
import { Decider } from '../admission/decider.ts';
import type { Decision } from '../admission/decision.ts';
import { refusalOf, warningsOf } from '../admission/messages.ts';
import type { AdmissionRequest } from '../admission/review.ts';
import { type AdmissionSettings, admissionSchema } from '../admission/settings.ts';
import { exemptNamespaces, webhookConfiguration } from '../admission/webhook-configuration.ts';
import { inForce } from '../config/exceptions-file.ts';
import { type LoadedConfig, loadConfig, readText } from '../config/load-config.ts';
import { parseManifests } from '../inventory/folder/parse-manifests.ts';
import { formatProblem } from '../inventory/folder/problem.ts';
import { Inventory } from '../inventory/inventory.ts';
import { project } from '../inventory/project.ts';
import { BadInputError } from '../kit/app-error.ts';
import { systemClock } from '../kit/clock.ts';
import { ownNamespace } from '../kube/own-pod.ts';
import { silentLogger } from '../log/logger.ts';
import { formatRef, groupOf, type KubeObject } from '../model/object.ts';
import { ExceptionSet } from '../posture/exceptions/exception-set.ts';
import { judge } from '../posture/judge-once.ts';
import { admissionJudge, admissionPolicy, webhookResources } from '../roles/admission-policy.ts';
import { loadExceptions, loadPosture } from '../roles/settings.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags {
  readonly config?: string;
  readonly with?: readonly string[];
  readonly json?: true;
  readonly caFile?: string;
}

/** `skopos admission`: tries the policy of the webhook on manifests, and prints its registration. */
export const admissionCommand: AddCommand = (program, { cwd }) => {
  const command = program
    .command('admission')
    .description('try the policy of the admission webhook, and print its registration');

  command
    .command('review')
    .argument('<file>', 'a manifest; each object in it is judged as if it were created now')
    .description('what the webhook would answer: status 1 when anything is denied')
    .option('--config <file>', 'configuration file with the section admission')
    .option(
      '--with <file...>',
      'manifests of what is in the cluster already: namespaces with their labels, say',
    )
    .option('--json', 'print the decisions as JSON')
    .action((file: string, flags: Flags) => {
      const decisions = review(file, flags, cwd);
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify(decisions, undefined, 2)}\n`
          : decisions.map(wordsOf).join(''),
      );
      if (decisions.some(({ outcome }) => outcome === 'denied')) throw new CommandEnd(1);
    });

  command
    .command('manifest')
    .description('print the ValidatingWebhookConfiguration that registers the webhook')
    .option('--config <file>', 'configuration file with the section admission')
    .option('--ca-file <file>', 'PEM of the authority; a running Skopos puts its own in place when left out')
    .action((flags: Flags) => {
      const config = loadConfig(flags.config === undefined ? {} : { config: flags.config }, cwd);
      const caFile =
        flags.caFile === undefined ? undefined : readText(resolve(cwd, flags.caFile), '--ca-file');
      const document = webhookConfiguration({
        settings: settingsOf(config),
        resources: webhookResources(loadPosture(config)),
        ownNamespace: ownNamespace(),
        ...(caFile === undefined ? {} : { caBundle: caFile }),
      });
      process.stdout.write(dump(document, { noRefs: true, lineWidth: -1 }));
    });
};

/** Without the section there is a policy that only notes, so that there is something to try. */
function settingsOf(config: LoadedConfig): AdmissionSettings {
  return config.admission ?? admissionSchema.parse({});
}

/** @throws {BadInputError} for manifests or a policy that cannot be read. */
function review(file: string, flags: Flags, cwd: string): readonly Decision[] {
  const config = loadConfig(flags.config === undefined ? {} : { config: flags.config }, cwd);
  const settings = settingsOf(config);
  const posture = loadPosture(config);
  const proposed = objectsOf(resolve(cwd, file));
  const there = (flags.with ?? []).flatMap((path) => objectsOf(resolve(cwd, path)));
  const inventory = new Inventory({ cluster: 'offline', clock: systemClock, log: silentLogger });
  inventory.apply(
    'folder',
    there.map((object) => ({ type: 'put', object, origin: { source: 'folder' }, atMs: systemClock.now() })),
  );
  const frameworksOf = (id: string) =>
    posture.frameworks.filter(({ controls }) => controls.includes(id)).map(({ name }) => name);
  const { active } = inForce(loadExceptions(config), systemClock.now());
  const engine = judge({
    ...{ controls: posture.controls, inputs: posture.inputs, view: inventory, objects: there },
    exceptions: new ExceptionSet(active, { cluster: config.cluster ?? 'offline', frameworksOf }),
  });
  const policy = admissionPolicy(settings.rules, posture);
  const decider = new Decider({
    ...{ clock: systemClock, policy: () => policy },
    judge: admissionJudge(engine, inventory, posture),
    // There is no hurry here.
    settings: { ...settings, budget: 60_000 },
    exempt: new Set(exemptNamespaces({ settings, ownNamespace: undefined })),
  });
  return proposed.map((object) => decider.decide(requestOf(object)));
}

function objectsOf(path: string): readonly KubeObject[] {
  const text = path.endsWith('/-') ? readFileSync(0, 'utf8') : readText(path, 'manifest');
  const { objects, problems } = parseManifests(text, path);
  const bad = problems.filter(({ severity }) => severity === 'error');
  if (bad.length > 0) throw new BadInputError('', bad.map(formatProblem).join('\n'));
  if (objects.length === 0) throw new BadInputError('', `${path}: there is no object in it`);
  return objects.map(({ object }) => project(object, { configMapValues: true }));
}

function requestOf(object: KubeObject): AdmissionRequest {
  const { apiVersion, kind, metadata } = object;
  const group = groupOf(apiVersion);
  return {
    uid: '',
    operation: 'CREATE',
    kind: { group, version: apiVersion.slice(group === '' ? 0 : group.length + 1), kind },
    resource: { group, resource: '' },
    subResource: '',
    name: metadata.name,
    namespace: kind === 'Namespace' ? metadata.name : (metadata.namespace ?? ''),
    user: '',
    dryRun: true,
    object,
    oldObject: undefined,
  };
}

function wordsOf(decision: Decision): string {
  const { object, outcome, breaches } = decision;
  const name = formatRef(object);
  const noted = breaches.filter(({ action }) => action === 'audit').length;
  const note = noted === 0 ? '' : pc.dim(` (${noted} noted for the audit log)`);
  if (outcome === 'denied') return `${pc.red('denied')}  ${refusalOf(decision)}${note}\n`;
  if (outcome === 'allowed') return `${pc.green('allowed')} ${name}${note}\n`;
  return `${pc.yellow('warned')}  ${name}${note}\n${warningsOf(breaches)
    .map((line) => `- ${line}\n`)
    .join('')}`;
}
