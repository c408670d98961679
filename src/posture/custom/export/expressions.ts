/** One validation that says what a control says. */
export interface ExportedValidation {
  /** True for what may be; names `variables.pod` (the pod's spec), `variables.all`, `variables.main` and `variables.started`. */
  readonly expression: string;
  readonly message: string;
}

/** Of every container, those included that prepare and that debug. */
const all = (condition: string) => `variables.all.all(c, ${condition})`;
/** Of the containers that serve. */
const main = (condition: string) => `variables.main.all(c, ${condition})`;
/** A field of the container's own security context, or a value where there is none. */
const own = (field: string, otherwise: string) => `c.?securityContext.?${field}.orValue(${otherwise})`;
/** The same of the pod's. */
const shared = (field: string, otherwise: string) =>
  `variables.pod.?securityContext.?${field}.orValue(${otherwise})`;
/** No item of a list of texts is other than these. */
const only = (list: string, names: readonly string[]) =>
  `${list}.all(x, x in [${names.map((name) => `'${name}'`).join(', ')}])`;
const none = (list: string, names: readonly string[]) =>
  `!${list}.exists(x, x.upperAscii() in [${names.flatMap((name) => [`'${name}'`, `'CAP_${name}'`]).join(', ')}])`;
const flag = (field: string) => `variables.pod.?${field}.orValue(false) != true`;
const isWindows = "variables.pod.?os.?name.orValue('') == 'windows'";
const hasOwnUsers = 'variables.pod.?hostUsers.orValue(true) == false';
const added = own('capabilities.?add', '[]');
const usualProfiles = ['RuntimeDefault', 'Localhost'];
const seLinux = (context: string) =>
  [
    `${context}.?seLinuxOptions.?type.orValue('') in ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']`,
    `${context}.?seLinuxOptions.?user.orValue('') == ''`,
    `${context}.?seLinuxOptions.?role.orValue('') == ''`,
  ].join(' && ');
const hosts = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle.?postStart',
  'lifecycle.?preStop',
].flatMap((name) => ['httpGet', 'tcpSocket'].map((way) => `c.?${name}.?${way}.?host.orValue('') == ''`));
const hostPathFree = "!variables.pod.?volumes.orValue([]).exists(v, v.?hostPath.?path.orValue('') != '')";
const procMount = all(`${own('procMount', "'Default'")} == 'Default'`);

function one(message: string, expression: string): readonly ExportedValidation[] {
  return [{ message, expression }];
}

/**
 * Our controls that an expression can say exactly, for workloads. What rests on other objects, on facts of nodes or clouds, or
 * on inputs that people set is not among them.
 */
export const exportedValidations: Readonly<Record<string, readonly ExportedValidation[]>> = {
  'C-0017': one(
    'a container can write to its own file system',
    all(`${own('readOnlyRootFilesystem', 'false')} == true`),
  ),
  'C-0018': one(
    'a container has no readiness probe',
    main('has(c.readinessProbe) && c.readinessProbe != null'),
  ),
  'C-0038': one(
    'the pod shares the processes or the IPC namespace of its node',
    `${flag('hostPID')} && ${flag('hostIPC')}`,
  ),
  'C-0041': one('the pod runs in the network of its node', flag('hostNetwork')),
  'C-0044': one(
    'a container takes a port of its node',
    main('c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)'),
  ),
  'C-0048': one('a volume gives a path of the node', hostPathFree),
  'C-0055': one(
    'a container runs without a seccomp profile',
    `${shared('seccompProfile', 'null')} != null || variables.started.all(c, ${own('seccompProfile', 'null')} != null)`,
  ),
  'C-0056': one('a container has no liveness probe', main('has(c.livenessProbe) && c.livenessProbe != null')),
  'C-0057': one(
    'a container is privileged, or has the capability SYS_ADMIN',
    all(`${own('privileged', 'false')} != true && ${none(added, ['SYS_ADMIN'])}`),
  ),
  'C-0275': one('the pod sees the processes of its node', flag('hostPID')),
  'C-0276': one('the pod shares memory and queues with its node', flag('hostIPC')),
  'P-0001': one(
    'a container runs on the Windows node itself',
    `${shared('windowsOptions.?hostProcess', 'false')} != true && ${all(`${own('windowsOptions.?hostProcess', 'false')} != true`)}`,
  ),
  'P-0002': one('a container is privileged', all(`${own('privileged', 'false')} != true`)),
  'P-0003': one(
    'a container adds capabilities beyond the usual ones',
    all(
      only(added, [
        ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
        ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
      ]),
    ),
  ),
  'P-0004': one(
    'a container takes a port of its node',
    all('c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)'),
  ),
  'P-0005': one('a probe or a hook names a host', all(hosts.join(' && '))),
  'P-0006': one(
    'an AppArmor profile is turned off, or is of no allowed type',
    [
      `${shared('appArmorProfile.?type', "'RuntimeDefault'")} in ['RuntimeDefault', 'Localhost']`,
      all(`${own('appArmorProfile.?type', "'RuntimeDefault'")} in ['RuntimeDefault', 'Localhost']`),
      "variables.annotations.all(k, !k.startsWith('container.apparmor.security.beta.kubernetes.io/') || variables.annotations[k] in ['', 'runtime/default'] || variables.annotations[k].startsWith('localhost/'))",
    ].join(' && '),
  ),
  'P-0007': one(
    'SELinux options are set that are not allowed',
    `${seLinux('variables.pod.?securityContext')} && ${all(seLinux('c.?securityContext'))}`,
  ),
  'P-0008': one('a container has its /proc unmasked', `${hasOwnUsers} || ${procMount}`),
  'P-0009': one('a container has its /proc unmasked', procMount),
  'P-0010': one(
    'a seccomp profile is turned off',
    `${only(`[${shared('seccompProfile.?type', "'RuntimeDefault'")}]`, usualProfiles)} && ${all(only(`[${own('seccompProfile.?type', "'RuntimeDefault'")}]`, usualProfiles))}`,
  ),
  'P-0011': one(
    'the pod sets sysctls that are not safe',
    `${shared('sysctls', '[]')}.all(s, s.name in ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'])`,
  ),
  'P-0012': one(
    'a volume is of a type that is not allowed',
    `variables.pod.?volumes.orValue([]).all(v, ${['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'].map((type) => `has(v.${type})`).join(' || ')})`,
  ),
  'P-0013': one(
    'a container may gain more rights than it starts with',
    `${isWindows} || ${all(`${own('allowPrivilegeEscalation', 'true')} == false`)}`,
  ),
  'P-0014': one(
    'a container may run as root',
    `${hasOwnUsers} || (${shared('runAsNonRoot', 'true')} == true && ${all(`${own('runAsNonRoot', shared('runAsNonRoot', 'false'))} == true`)})`,
  ),
  'P-0015': one(
    'the pod or a container runs as user 0, which is root',
    `${hasOwnUsers} || (${shared('runAsUser', '1')} != 0 && ${all(`${own('runAsUser', '1')} != 0`)})`,
  ),
  'P-0016': one(
    'a container has no seccomp profile that would do',
    `${isWindows} || (${only(`[${shared('seccompProfile.?type', "'Localhost'")}]`, usualProfiles)} && ${all(only(`[${own('seccompProfile.?type', shared('seccompProfile.?type', "''"))}]`, usualProfiles))})`,
  ),
  'P-0017': one(
    'a container does not drop all capabilities, or adds more than NET_BIND_SERVICE',
    `${isWindows} || ${all(`'ALL' in ${own('capabilities.?drop', '[]')} && ${only(added, ['NET_BIND_SERVICE'])}`)}`,
  ),
};
