import type { Command } from 'commander';
import { stringify } from 'yaml';
import { loadConfig } from '../../config/load-config.ts';
import { type RoleSubject, roleManifests } from '../../inventory/permissions/role-manifests.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { permissionsFor } from '../../roles/permissions.ts';
import type { CliContext } from '../program.ts';

interface Flags {
  readonly config?: string;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount?: string;
  readonly user?: string;
}

/** `skopos export rbac`: the roles that a configuration needs, and no more. */
export function addRbacCommand(program: Command, { cwd }: CliContext): void {
  program
    .command('rbac')
    .description('the roles that Skopos needs with this configuration, and their bindings, for kubectl apply')
    .option('--config <file>', 'skopos.yaml; that of the working directory, or the defaults, when left out')
    .option('--name <name>', 'of the roles and bindings', 'skopos')
    .option('-n, --namespace <name>', 'where Skopos runs', 'skopos')
    .option('--service-account <name>', 'whom they are bound to; as --name when left out')
    .option('--user <name>', 'bind them to this user instead')
    .action(({ config, name, namespace, serviceAccount, user }: Flags) => {
      if (user !== undefined && serviceAccount !== undefined)
        throw new BadInputError('--user', 'give a user or a service account, not both');
      const subject: RoleSubject =
        user === undefined
          ? { kind: 'ServiceAccount', namespace, name: serviceAccount ?? name }
          : { kind: 'User', name: user };
      const loaded = loadConfig(config === undefined ? {} : { config }, cwd);
      const manifests = roleManifests(permissionsFor(loaded), { name, namespace, subject });
      const note = loaded.operator.schedules === 'auto' ? autoNote : '';
      process.stdout.write(note + manifests.map((manifest) => stringify(manifest)).join('---\n'));
    });
}

/** What is not asked for is not given unasked, and who would want it should know. */
const autoNote = `# operator.schedules is "auto": with these roles Skopos runs recurring scans itself. For CronJobs of the cluster say
# "operator: { schedules: cronjobs }", which adds CronJobs and ConfigMaps in Skopos' own namespace.
`;
