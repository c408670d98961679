import { lines, within } from './node-tree-text.ts';

const properties = {
  ...{ addr_assign_type: '3', address: '01:01:01:01:01:01', broadcast: 'ff:ff:ff:ff:ff:ff', carrier: '1' },
  ...{ carrier_changes: '2', carrier_up_count: '1', carrier_down_count: '1', dev_id: '0x20', dormant: '1' },
  ...{ duplex: 'full', flags: '0x1303', ifalias: 'uplink "A"', ifindex: '2', iflink: '2', link_mode: '1' },
  ...{ mtu: '1500', name_assign_type: '2', netdev_group: '0', operstate: 'up', speed: '1000' },
  ...{ tx_queue_len: '1000', type: '1' },
};

/** Files of `/sys` about network devices and disks. */
export const devices = {
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

/** About file systems, and what lies beneath them. */
export const fileSystems = {
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

/** Sensors, supplies, clocks and memory. */
export const hardware = {
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
