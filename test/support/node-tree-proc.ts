import { lines } from './node-tree-text.ts';

/** Files of `/proc` about the machine and its processes. */
export const processes = {
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

/** Of the network, bonds included. */
export const network = {
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

const count = (name: string, length: number, from: number): string =>
  `${name} ${length} ${Array.from({ length }, (_, i) => from + i).join(' ')}`;

/** Counters of NFS, client and server. */
export const nfs = {
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

/** Counters of ZFS. */
export const zfs = {
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
