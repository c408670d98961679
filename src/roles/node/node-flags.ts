/** A flag of `skopos node` that takes a value. Names and meanings are node exporter's where it has the same. */
export interface ValueFlag {
  readonly flag: string;
  readonly placeholder: string;
  readonly help: string;
  readonly initial?: string;
  /** May be given several times. */
  readonly repeats?: true;
}

export const valueFlags = [
  {
    flag: 'web.listen-address',
    placeholder: 'host:port',
    help: 'where it listens; anything but a loopback address needs a token or a client CA',
    initial: '127.0.0.1:9100',
  },
  {
    flag: 'web.max-requests',
    placeholder: 'number',
    help: 'scrapes at a time; more are told 503',
    initial: '4',
  },
  {
    flag: 'token-file',
    placeholder: 'file',
    help: 'the bearer token that every request must carry; read anew when it changes',
  },
  {
    flag: 'tls-cert-file',
    placeholder: 'file',
    help: 'serve https with this certificate (PEM); read anew when it changes',
  },
  { flag: 'tls-key-file', placeholder: 'file', help: 'its key (PEM)' },
  {
    flag: 'tls-client-ca-file',
    placeholder: 'file',
    help: 'accept only clients with a certificate of this authority (PEM)',
  },
  {
    flag: 'node-name',
    placeholder: 'name',
    help: "name of this node in Kubernetes (the environment's NODE_NAME, or else the host's name)",
  },
  { flag: 'path.procfs', placeholder: 'dir', help: "where the host's /proc is", initial: '/proc' },
  { flag: 'path.sysfs', placeholder: 'dir', help: "where the host's /sys is", initial: '/sys' },
  { flag: 'path.rootfs', placeholder: 'dir', help: "where the host's root is", initial: '/' },
  {
    flag: 'path.udev.data',
    placeholder: 'dir',
    help: "where the host's udev data is",
    initial: '/run/udev/data',
  },
  {
    flag: 'collector.time-limit',
    placeholder: 'seconds',
    help: 'longest that a collector may take',
    initial: '5',
  },
  { flag: 'collector.arp.device-include', placeholder: 'regex', help: 'devices of arp' },
  { flag: 'collector.arp.device-exclude', placeholder: 'regex', help: 'devices that arp leaves out' },
  {
    flag: 'collector.cpu.info.flags-include',
    placeholder: 'regex',
    help: 'flags of processors that become node_cpu_flag_info',
  },
  {
    flag: 'collector.cpu.info.bugs-include',
    placeholder: 'regex',
    help: 'bugs of processors that become node_cpu_bug_info',
  },
  { flag: 'collector.diskstats.device-include', placeholder: 'regex', help: 'devices of diskstats' },
  {
    flag: 'collector.diskstats.device-exclude',
    placeholder: 'regex',
    help: 'devices that diskstats leaves out',
    initial: '^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
  },
  {
    flag: 'collector.filesystem.mount-points-exclude',
    placeholder: 'regex',
    help: 'mount points that filesystem leaves out',
    initial: '^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  },
  {
    flag: 'collector.filesystem.fs-types-exclude',
    placeholder: 'regex',
    help: 'file system types that filesystem leaves out',
    initial:
      '^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$',
  },
  {
    flag: 'collector.ipvs.backend-labels',
    placeholder: 'names',
    help: 'labels of backends of ipvs, with commas between',
    initial: 'local_address,local_port,remote_address,remote_port,proto,local_mark',
  },
  {
    flag: 'collector.netclass.ignored-devices',
    placeholder: 'regex',
    help: 'devices that netclass leaves out',
    initial: '^$',
  },
  { flag: 'collector.netdev.device-include', placeholder: 'regex', help: 'devices of netdev' },
  { flag: 'collector.netdev.device-exclude', placeholder: 'regex', help: 'devices that netdev leaves out' },
  {
    flag: 'collector.netstat.fields',
    placeholder: 'regex',
    help: 'fields of netstat',
    initial:
      '^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$',
  },
  {
    flag: 'collector.powersupply.ignored-supplies',
    placeholder: 'regex',
    help: 'power supplies that are left out',
    initial: '^$',
  },
  {
    flag: 'collector.tapestats.ignored-devices',
    placeholder: 'regex',
    help: 'tape drives that are left out',
    initial: '^$',
  },
  {
    flag: 'collector.textfile.directory',
    placeholder: 'dir',
    help: 'folders (patterns too) whose *.prom files are told as they are',
    repeats: true,
  },
  {
    flag: 'collector.vmstat.fields',
    placeholder: 'regex',
    help: 'fields of vmstat',
    initial: '^(oom_kill|pgpg|pswp|pg.*fault).*',
  },
] as const satisfies readonly ValueFlag[];

/** A flag that is on or off. */
export interface SwitchFlag {
  readonly flag: string;
  readonly help: string;
}

export const switchFlags = [
  { flag: 'collector.disable-defaults', help: 'run only the collectors that are named' },
  { flag: 'web.disable-exporter-metrics', help: 'leave out what this process tells of itself' },
  { flag: 'collector.bcache.priorityStats', help: 'tell what is costly to read of bcache too' },
  { flag: 'collector.cpu.guest', help: 'node_cpu_guest_seconds_total (on unless --no-collector.cpu.guest)' },
  { flag: 'collector.cpu.info', help: 'node_cpu_info, and flags and bugs where they are asked for' },
  {
    flag: 'collector.netclass.ignore-invalid-speed',
    help: 'leave out the speed of devices that do not know theirs',
  },
  { flag: 'collector.netdev.address-info', help: 'node_network_address_info' },
  {
    flag: 'collector.rapl.enable-zone-label',
    help: 'the zone as a label of one series instead of in its name',
  },
  { flag: 'collector.stat.softirq', help: 'node_softirqs_total' },
] as const satisfies readonly SwitchFlag[];
