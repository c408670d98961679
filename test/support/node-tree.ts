import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders that stand for a host's. */
export interface NodeTree {
  readonly procfs: string;
  readonly sysfs: string;
  readonly rootfs: string;
  readonly udevData: string;
}

/** Writes files by their paths below `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A machine with at least one of everything that collectors know: what `/proc` and `/sys` would have in them. */
export function writeNodeTree(folder: string): NodeTree {
  writeFiles(folder, { ...processes, ...network, ...devices, ...fileSystems, ...hardware, ...nfs, ...zfs });
  const hwmon = join(folder, 'sys/class/hwmon');
  mkdirSync(join(folder, 'sys/devices/platform/coretemp.0/hwmon'), { recursive: true });
  symlinkSync('../../../devices/platform/coretemp.0', join(hwmon, 'hwmon0/device'));
  return {
    procfs: join(folder, 'proc'),
    sysfs: join(folder, 'sys'),
    rootfs: join(folder, 'root'),
    udevData: join(folder, 'udev'),
  };
}

const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');

const processes = {
  'proc/stat': lines(
    'cpu  300 30 200 9000 50 5 8 2 20 4',
    'cpu0 100 10 90 4000 30 5 3 1 20 4',
    'cpu1 200 20 110 5000 20 0 5 1 0 0',
    'intr 4242 17 0 3',
    'ctxt 987654',
    'btime 1700000000',
    'processes 5150',
    'procs_running 3',
    'procs_blocked 1',
    'softirq 5000 1 2000 3 4 500 0 6 700 8 1778',
  ),
  'proc/loadavg': '0.51 0.42 1.30 2/345 6789\n',
  'proc/meminfo': lines(
    'MemTotal:       16384000 kB',
    'MemFree:         1234567 kB',
    'MemAvailable:    9876543 kB',
    'Active(anon):     345678 kB',
    'HugePages_Total:       7',
    'Hugepagesize:       2048 kB',
  ),
  'proc/vmstat': lines(
    'nr_free_pages 77',
    'pgfault 1000',
    'pgmajfault 12',
    'pgpgin 9',
    'pswpout 1',
    'oom_kill 2',
  ),
  'proc/schedstat': lines(
    'version 15',
    'timestamp 4298000000',
    'cpu0 0 0 10 20 30 40 2000000000 1500000000 77',
    'domain0 3 0 0',
    'cpu1 0 0 1 2 3 4 3000000000 500000000 88',
  ),
  'proc/cpuinfo': lines(
    ...['processor\t: 0', 'vendor_id\t: GenuineIntel', 'cpu family\t: 6', 'model\t\t: 142'],
    ...['model name\t: Some CPU @ 1.80GHz', 'stepping\t: 10', 'microcode\t: 0xb4', 'cpu MHz\t\t: 800.0'],
    ...['cache size\t: 8192 KB', 'physical id\t: 0', 'siblings\t: 1', 'core id\t\t: 0', 'cpu cores\t: 1'],
    ...['flags\t\t: fpu aes avx', 'bugs\t\t: meltdown mds', 'bogomips\t: 3600.00', ''],
  ),
  'proc/pressure/cpu': lines(
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781',
    'full avg10=0.00 avg60=0.00 avg300=0.00 total=0',
  ),
  'proc/pressure/io': lines(
    'some avg10=0.10 avg60=2.00 avg300=3.85 total=159886802',
    'full avg10=0.00 avg60=0.00 avg300=0.00 total=159229614',
  ),
  'proc/pressure/memory': lines(
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000',
    'full avg10=0.00 avg60=0.00 avg300=0.00 total=250000',
  ),
  'proc/sys/fs/file-nr': '1024\t0\t1631329\n',
  'proc/sys/kernel/random/entropy_avail': '1337\n',
  'proc/sys/kernel/random/poolsize': '4096\n',
  'proc/mdstat': lines(
    'Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]',
    'md3 : active raid6 sda1[8] sdh1[7] sdg1[6] sdf1[5] sde1[11] sdd1[3] sdc1[10] sdb1[9] sdd1[10](S) sdd2[11](S)',
    '      5853468288 blocks super 1.2 level 6, 64k chunk, algorithm 2 [8/8] [UUUUUUUU]',
    '      bitmap: 0/22 pages [0KB], 65536KB chunk',
    '',
    'md4 : inactive raid1 sda3[0](F) sdb3[1](S)',
    '      4883648 blocks [2/2] [UU]',
    '',
    'md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]',
    '      195310144 blocks [2/1] [U_]',
    '      [=>...................]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec',
    '',
    'md8 : active raid1 sdb1[1] sda1[0] sdc[2](S) sde[3](S)',
    '      195310144 blocks [2/2] [UU]',
    '      \tresync=DELAYED',
    '',
    'md9 : active raid0 sdc2[0] sdd2[1]',
    '      523968 blocks super 1.2 512k chunks',
    '',
    'unused devices: <none>',
  ),
};

const network = {
  'proc/net/dev': lines(
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo: 435303245 1832522    0    0    0     0          0         0 435303245 1832522    0    0    0     0       0          0',
    '  eth0:68210035552 520993275   1    2    3     4          5         6 9315587528 43451486    7    8    9     10      11          12',
  ),
  'proc/net/arp': lines(
    'IP address       HW type     Flags       HW address            Mask     Device',
    '192.0.2.1        0x1         0x2         cc:aa:dd:ee:aa:bb     *        eth0',
    '192.0.2.2        0x1         0x2         cc:aa:dd:ee:aa:bc     *        eth0',
    '198.51.100.7     0x1         0x2         cc:aa:dd:ee:aa:bd     *        eth1',
  ),
  'proc/net/netstat': lines(
    'TcpExt: SyncookiesSent SyncookiesRecv SyncookiesFailed ListenOverflows ListenDrops TCPTimeouts',
    'TcpExt: 1 2 3 4 5 115',
    'IpExt: InNoRoutes InOctets OutOctets',
    'IpExt: 0 6286396970 2786264347',
  ),
  'proc/net/snmp': lines(
    'Ip: Forwarding DefaultTTL InReceives',
    'Ip: 1 64 57740232',
    'Icmp: InMsgs InErrors OutMsgs',
    'Icmp: 104 0 120',
    'Tcp: RtoAlgorithm ActiveOpens PassiveOpens CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts',
    'Tcp: 1 3556 230 7 57252008 54915039 227 5 2',
    'Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors',
    'Udp: 88542 120 0 53028 9 8',
  ),
  'proc/net/snmp6': lines(
    'Ip6InReceives                   \t7',
    'Ip6InOctets                     \t460',
    'Ip6OutOctets                    \t536',
    'Icmp6InMsgs                     \t3',
    'Udp6InDatagrams                 \t14',
  ),
  'proc/net/sockstat': lines(
    'sockets: used 229',
    'TCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1',
    'UDP: inuse 0 mem 5',
    'FRAG: inuse 0 memory 0',
  ),
  'proc/net/sockstat6': lines('TCP6: inuse 17', 'UDP6: inuse 9', 'FRAG6: inuse 0 memory 0'),
  'proc/net/softnet_stat': lines(
    '00049279 00000000 00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000',
    '000dfb82 00000029 0000000a 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001',
  ),
  'proc/net/udp': lines(
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    '    0: 00000000:0016 00000000:0000 0A 00000015:00000000 00:00000000 00000000     0        0 2740 1 ffff88003d3af3c0 0',
    '    1: 00000000:0017 00000000:0000 0A 00000001:0000000F 00:00000000 00000000     0        0 2741 1 ffff88003d3af3c1 0',
  ),
  'proc/sys/net/netfilter/nf_conntrack_count': '123\n',
  'proc/sys/net/netfilter/nf_conntrack_max': '65536\n',
  'proc/net/stat/nf_conntrack': lines(
    'entries  searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart',
    '0000007b  00000000 00000001 00000000 00000003 00000050 00000000 00000000 00000000 00000001 00000002 00000000 00000000  00000000 00000000 00000000 00000004',
    '0000007b  00000000 00000002 00000000 00000005 00000ad0 00000000 00000000 00000000 00000000 00000000 00000006 00000000  00000000 00000000 00000000 00000002',
  ),
  'proc/net/ip_vs_stats': lines(
    '   Total Incoming Outgoing         Incoming         Outgoing',
    '   Conns  Packets  Packets            Bytes            Bytes',
    ' 16AA370 E33656E5        0     51D8C8883AB3                0',
    '',
    ' Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s',
    '       4    1FB3C        0          1282A8F                0',
  ),
  'proc/net/ip_vs': lines(
    'IP Virtual Server version 1.2.1 (size=4096)',
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
    'TCP  C0A80016:0CEA wlc',
    '  -> C0A85216:0CEA      Tunnel  100    248        2',
    '  -> C0A85318:0CEA      Tunnel  100    248        1',
    'TCP  [2620:0000:0000:0000:0000:0000:0000:0001]:0050 sh',
    '  -> [2620:0000:0000:0000:0000:0000:0000:0002]:0050      Route   1      0          5',
    'FWM  10001000 wlc',
    '  -> C0A8321A:0CEA      Route   20     64         1',
  ),
  'sys/class/net/bonding_masters': 'bond0 dmz\n',
  'sys/class/net/bond0/bonding/slaves': '\n',
  'sys/class/net/dmz/bonding/slaves': 'eth4 eth0\n',
  'sys/class/net/dmz/lower_eth4/bonding_slave/mii_status': 'up\n',
  'sys/class/net/dmz/lower_eth0/bonding_slave/mii_status': 'down\n',
};

const properties = {
  ...{ addr_assign_type: '3', address: '01:01:01:01:01:01', broadcast: 'ff:ff:ff:ff:ff:ff', carrier: '1' },
  ...{ carrier_changes: '2', carrier_up_count: '1', carrier_down_count: '1', dev_id: '0x20', dormant: '1' },
  ...{ duplex: 'full', flags: '0x1303', ifalias: 'uplink "A"', ifindex: '2', iflink: '2', link_mode: '1' },
  ...{ mtu: '1500', name_assign_type: '2', netdev_group: '0', operstate: 'up', speed: '1000' },
  ...{ tx_queue_len: '1000', type: '1' },
};

/** A folder's files with the folder's path before their names. */
function within(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, `${text}\n`]));
}

const devices = {
  ...within('sys/class/net/eth0', properties),
  ...within('sys/class/net/bond0', { ...properties, operstate: 'down', speed: '-1', ifindex: '3' }),
  ...within('sys/class/net/dmz', { ...properties, ifindex: '4' }),
  'proc/diskstats': lines(
    '   8       0 sda 25354637 34367663 1003337344 18492372 28444756 11134226 505697032 63877960 0 9653880 82621804',
    '   8       1 sda1 250 0 2000 36 0 0 0 0 0 36 36',
    ' 252       0 dm-0 59910002 0 1003337218 46229572 39231014 0 505697032 1158557800 0 11325968 1206301256 68851 0 1925173784 11130',
    ' 259       0 nvme0n1 47114 4 4643973 21650 1078320 43950 39451633 1011053 0 222766 1032546 0 0 0 0 8 12',
  ),
  'udev/b8:0': lines(
    ...[
      'S:disk/by-id/wwn-0x5000c500',
      'E:ID_ATA=1',
      'E:ID_ATA_WRITE_CACHE=1',
      'E:ID_ATA_WRITE_CACHE_ENABLED=0',
    ],
    ...['E:ID_ATA_ROTATION_RATE_RPM=7200', 'E:ID_MODEL=SOMEDISK', 'E:ID_PATH=pci-0000:3b:00.0'],
    ...['E:ID_REVISION=A1', 'E:ID_SERIAL=long_SERIAL', 'E:ID_SERIAL_SHORT=SERIAL', 'E:ID_WWN=0x5000c500'],
  ),
  'udev/b252:0': lines(
    ...['E:DM_LV_NAME=root', 'E:DM_NAME=system-root', 'E:DM_UUID=LVM-abc', 'E:DM_VG_NAME=system'],
    ...['E:ID_FS_TYPE=ext4', 'E:ID_FS_USAGE=filesystem', 'E:ID_FS_UUID=3deafd0d', 'E:ID_FS_VERSION=1.0'],
  ),
  ...within('sys/class/nvme/nvme0', {
    firmware_rev: '1B2QEXP7',
    model: 'Some SSD 970 PRO 512GB',
    serial: 'S680HF8N190894I',
    state: 'live',
  }),
  ...within('sys/class/scsi_tape/st0/stats', {
    ...{
      in_flight: '1',
      io_ns: '9247011087720',
      other_cnt: '1409',
      read_byte_cnt: '979383912',
      read_cnt: '3741',
    },
    ...{ read_ns: '33788355744', resid_cnt: '19', write_byte_cnt: '1496246784000', write_cnt: '53772916' },
    write_ns: '5233597394395',
  }),
  ...within('sys/class/fc_host/host0', {
    ...{ dev_loss_tmo: '30', fabric_name: '0x0', node_name: '0x2000e0071bce95f2', port_id: '0x000002' },
    ...{
      port_name: '0x1000e0071bce95f2',
      port_state: 'Online',
      port_type: 'Point-To-Point',
      speed: '16 Gbit',
    },
    ...{
      supported_classes: 'Class 3',
      supported_speeds: '4 Gbit, 8 Gbit, 16 Gbit',
      symbolic_name: 'Some HBA',
    },
  }),
  ...within('sys/class/fc_host/host0/statistics', {
    ...{ dumped_frames: '0xffffffffffffffff', error_frames: '0x0', fcp_packet_aborts: '0x13' },
    ...{ invalid_crc_count: '0x2', invalid_tx_word_count: '0x8', link_failure_count: '0x9' },
    ...{ loss_of_signal_count: '0x11', loss_of_sync_count: '0x10', nos_count: '0x12', rx_frames: '0x3' },
    ...{ rx_words: '0x4', seconds_since_last_reset: '0x7', tx_frames: '0x5', tx_words: '0x6' },
  }),
  ...within('sys/class/infiniband/mlx4_0', {
    board_id: 'SM_1141000001000',
    fw_ver: '2.31.5050',
    hca_type: 'MT4099',
  }),
  ...within('sys/class/infiniband/mlx4_0/ports/1', {
    ...{ state: '4: ACTIVE', phys_state: '5: LinkUp', rate: '40 Gb/sec (4X QDR)' },
  }),
  ...within('sys/class/infiniband/mlx4_0/ports/1/counters', {
    ...{
      link_downed: '0',
      link_error_recovery: '1',
      multicast_rcv_packets: '93',
      multicast_xmit_packets: '16',
    },
    ...{ port_rcv_data: '4631917', port_xmit_data: '3733440', port_rcv_packets: '6825908347' },
    ...{ port_xmit_packets: '6235865', port_xmit_wait: '3846', port_rcv_errors: '0' },
  }),
  ...within('sys/class/power_supply/BAT0', {
    ...{
      capacity: '81',
      capacity_level: 'Normal',
      cycle_count: '5',
      energy_full: '50060000',
      energy_now: '36580000',
    },
    ...{
      manufacturer: 'LGC',
      model_name: 'LNV-45N1',
      power_now: '4830000',
      present: '1',
      serial_number: '38109',
    },
    ...{ status: 'Discharging', technology: 'Li-ion', type: 'Battery', voltage_now: '11750000', temp: '245' },
  }),
};

const fileSystems = {
  'proc/1/mounts': lines(
    '/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0',
    'proc /proc proc rw 0 0',
    '/dev/sda2 /srv/with\\040blank xfs ro,noatime 0 0',
  ),
  'root/srv/with blank/file': '',
  'root/etc/os-release': lines(
    ...['NAME="Some Linux"', "ID='some'", 'ID_LIKE=debian', 'PRETTY_NAME="Some Linux 20.04.2 \\"LTS\\""'],
    ...['VERSION="20.04.2 LTS (Focal)"', 'VERSION_ID="20.04"', 'VERSION_CODENAME=focal', '# a comment'],
  ),
  'sys/fs/xfs/sda2/stats/stats': lines(
    ...[
      'extent_alloc 92447 97589 92448 93751',
      'abt 10 20 30 40',
      'blk_map 1 2 3 4 5 6 7',
      'bmbt 11 12 13 14',
    ],
    ...['dir 185039 92447 92444 136422', 'trans 706 944304 0', 'ig 185045 58807 0 126238 0 33637 22'],
    ...['log 2883 113448 9 17360 739', 'push_ail 1 2 3 4 5 6 7 8 9 10', 'xstrat 92447 0', 'rw 107739 94045'],
    ...['attr 4 0 0 0', 'icluster 8677 7849 135802', 'vnodes 92601 0 0 0 92444 92444 92444 0'],
    ...['buf 2666287 7122 2659202 3599 2 7085 0 10297 7085', 'xpc 399724544 92823103 86219234', 'debug 0'],
  ),
  ...within('sys/fs/btrfs/0abb23a9-579b-43e6-ad30-227ef47fcb9d', {
    ...{
      label: 'fixture',
      nodesize: '16384',
      sectorsize: '4096',
      clone_alignment: '4096',
      metadata_uuid: '0abb23a9-579b-43e6-ad30-227ef47fcb9d',
    },
    ...{
      'allocation/global_rsv_reserved': '16777216',
      'allocation/global_rsv_size': '16777216',
      quota_override: '0',
    },
  }),
  ...within('sys/fs/btrfs/0abb23a9-579b-43e6-ad30-227ef47fcb9d/allocation/data', {
    ...{
      bytes_may_use: '0',
      bytes_pinned: '0',
      bytes_readonly: '0',
      bytes_reserved: '11',
      bytes_used: '808189952',
    },
    ...{ disk_total: '2147483648', disk_used: '808189952', flags: '1', total_bytes: '2147483648' },
    ...{ total_bytes_pinned: '0', 'raid0/total_bytes': '2147483648', 'raid0/used_bytes': '808189952' },
  }),
  ...within('sys/fs/btrfs/0abb23a9-579b-43e6-ad30-227ef47fcb9d/allocation/metadata', {
    ...{
      bytes_may_use: '1',
      bytes_pinned: '0',
      bytes_readonly: '131072',
      bytes_reserved: '0',
      bytes_used: '933888',
    },
    ...{ disk_total: '2147483648', disk_used: '1867776', flags: '4', total_bytes: '1073741824' },
    ...{ total_bytes_pinned: '0', 'raid1/total_bytes': '1073741824', 'raid1/used_bytes': '933888' },
  }),
  ...within('sys/fs/btrfs/0abb23a9-579b-43e6-ad30-227ef47fcb9d/allocation/system', {
    ...{
      bytes_may_use: '0',
      bytes_pinned: '0',
      bytes_readonly: '0',
      bytes_reserved: '0',
      bytes_used: '16384',
    },
    ...{ disk_total: '16777216', disk_used: '32768', flags: '2', total_bytes: '8388608' },
    ...{ total_bytes_pinned: '0', 'raid1/total_bytes': '8388608', 'raid1/used_bytes': '16384' },
  }),
  ...within('sys/fs/btrfs/0abb23a9-579b-43e6-ad30-227ef47fcb9d/devices', {
    'loop25/size': '20971520',
    'loop26/size': '20971520',
  }),
  ...within('sys/fs/bcache/deaddd54-c735-46d5-868e-f331c5fd7c74', {
    ...{ average_key_size: '0', btree_cache_size: '512.0k', cache_available_percent: '100', congested: '0' },
    ...{
      root_usage_percent: '0',
      tree_depth: '0',
      'internal/active_journal_entries': '1',
      'internal/btree_nodes': '0',
    },
    ...{ 'internal/btree_read_average_duration_us': '1305', 'internal/cache_read_races': '0' },
  }),
  ...within('sys/fs/bcache/deaddd54-c735-46d5-868e-f331c5fd7c74/cache0', {
    ...{ io_errors: '0', metadata_written: '512', written: '1.5k' },
    priority_stats: 'Unused:\t\t99%\nMetadata:\t0%\nAverage:\t10473\nSectors per Q:\t64\nQuantiles:\t[0 1 2]',
  }),
};

const hardware = {
  ...within('sys/class/hwmon/hwmon0', {
    ...{
      name: 'coretemp',
      temp1_input: '55000',
      temp1_max: '100000',
      temp1_crit: '100000',
      temp1_crit_alarm: '0',
    },
    ...{ temp1_label: 'Core 0', fan1_input: '1503', fan1_min: '1200', fan1_alarm: '0', fan1_fault: '1' },
    ...{
      pwm1: '84',
      pwm1_enable: '2',
      in0_input: '1104',
      in0_label: 'VCore',
      in0_beep: '1',
      curr1_input: '2500',
    },
    ...{
      power1_input: '5000000',
      power1_accuracy: '100000',
      power1_average_interval: '1000',
      energy1_input: '3000000',
    },
    ...{ humidity1_input: '45000', beep_enable: '1', update_interval: '1500', vrm: '110', temp2_type: '4' },
  }),
  ...within('sys/class/thermal/thermal_zone0', { type: 'cpu-thermal', temp: '12376', policy: 'step_wise' }),
  ...within('sys/class/thermal/cooling_device0', { type: 'Processor', cur_state: '1', max_state: '3' }),
  ...within('sys/class/powercap/intel-rapl:0', {
    name: 'package-0',
    energy_uj: '240422366267',
    max_energy_range_uj: '262143328850',
  }),
  ...within('sys/class/powercap/intel-rapl:0:0', {
    name: 'core',
    energy_uj: '118821284256',
    max_energy_range_uj: '262143328850',
  }),
  ...within('sys/class/dmi/id', {
    ...{ bios_date: '04/12/2021', bios_vendor: 'Dell Inc.', bios_version: '2.2.4', board_name: '07PXPY' },
    ...{ chassis_vendor: 'Dell Inc.', product_name: 'PowerEdge R6515', sys_vendor: 'Dell Inc.' },
  }),
  ...within('sys/devices/system/edac/mc/mc0', {
    ...{ ce_count: '1', ce_noinfo_count: '2', ue_count: '5', ue_noinfo_count: '6' },
    ...{ 'csrow0/ce_count': '3', 'csrow0/ue_count': '4' },
  }),
  ...within('sys/devices/system/cpu/cpu0', {
    ...{
      'topology/core_id': '0',
      'topology/physical_package_id': '0',
      'thermal_throttle/core_throttle_count': '5',
    },
    ...{ 'thermal_throttle/package_throttle_count': '30', 'cpufreq/cpuinfo_cur_freq': '1699981' },
    ...{
      'cpufreq/affected_cpus': '0',
      'cpufreq/related_cpus': '0',
      'cpufreq/cpuinfo_transition_latency': '0',
    },
    ...{
      'cpufreq/scaling_available_governors': 'performance powersave',
      'cpufreq/scaling_driver': 'intel_pstate',
    },
    ...{ 'cpufreq/scaling_governor': 'powersave', 'cpufreq/scaling_setspeed': '<unsupported>' },
    ...{ 'cpufreq/cpuinfo_max_freq': '3700000', 'cpufreq/cpuinfo_min_freq': '800000' },
    ...{ 'cpufreq/scaling_cur_freq': '1699981', 'cpufreq/scaling_max_freq': '3700000' },
  }),
  ...within('sys/devices/system/cpu/cpu1', {
    ...{
      'topology/core_id': '0',
      'topology/physical_package_id': '0',
      'thermal_throttle/core_throttle_count': '5',
    },
    'thermal_throttle/package_throttle_count': '30',
  }),
  ...within('sys/devices/system/clocksource/clocksource0', {
    available_clocksource: 'tsc hpet acpi_pm',
    current_clocksource: 'tsc',
  }),
};

const count = (name: string, length: number, from: number): string =>
  `${name} ${length} ${Array.from({ length }, (_, i) => from + i).join(' ')}`;

const nfs = {
  'proc/net/rpc/nfs': lines(
    'net 70 70 69 45',
    'rpc 1218785755 374636 1218815394',
    count('proc2', 18, 100),
    count('proc3', 22, 200),
    count('proc4', 48, 300),
  ),
  'proc/net/rpc/nfsd': lines(
    ...[
      'rc 0 6 18622',
      'fh 4 0 0 0 0',
      'io 157286400 72864',
      'th 8 0 0.000 0.000 0.000 0.000 0.000 0.000 0.000',
    ],
    ...['ra 32 0 0 0 0 0 0 0 0 0 0 17', 'net 972 55 917 918', 'rpc 18628 3 1 2 3'],
    ...[count('proc2', 18, 1), count('proc3', 22, 50), 'proc4 2 2 10853', count('proc4ops', 72, 500)],
  ),
};

const zfs = {
  'proc/spl/kstat/zfs/arcstats': lines(
    '6 1 0x01 91 4368 5266997922 97951858082072',
    'name                            type data',
    'hits                            4    8772612',
    'memory_available_bytes          3    922337203685477580',
    'demand-data_hits                4    7221032',
  ),
  'proc/spl/kstat/zfs/pool1/io': lines(
    '12 3 0x00 1 80 79205351707403 395818011156865',
    'nread    nwritten reads    writes   wtime    wlentime wupdate  rtime    rlentime rupdate  wcnt     rcnt',
    '1884160  3206144  22       132      7155162  104112268 79210489694949 24168078 104112268 79210489849220 0 0',
  ),
  'proc/spl/kstat/zfs/pool1/objset-1': lines(
    '23 1 0x01 7 2160 221578688875 6665999035587',
    'name                            type data',
    'dataset_name                    7    pool1/data',
    'writes                          4    4',
    'nwritten                        4    12302',
  ),
  'proc/spl/kstat/zfs/pool1/state': 'ONLINE\n',
};
