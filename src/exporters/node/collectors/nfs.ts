import { counter, type FamilyBuilder } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { procNet } from '../host-files.ts';
import { clientVersion4, version2, version3 } from './nfs-procedures.ts';
import { addProcedures, readRpc } from './rpc-statistics.ts';

/** What this host does as a client of NFS. */
export const nfs: CreateCollector = () => ({
  name: 'nfs',
  collect({ roots }) {
    const lines = readRpc(`${procNet(roots.procfs)}/rpc/nfs`);
    if (lines === undefined) throw new NoDataError('NFS is not loaded');
    const [, udp = 0, tcp = 0, connections = 0] = lines.get('net') ?? [];
    const [calls = 0, retransmissions = 0, refreshes = 0] = lines.get('rpc') ?? [];
    const requests = counter('node_nfs_requests_total', 'Number of NFS procedures invoked.');
    addProcedures(requests, '2', version2, lines.get('proc2')?.slice(1));
    addProcedures(requests, '3', version3, lines.get('proc3')?.slice(1));
    addProcedures(requests, '4', clientVersion4, lines.get('proc4')?.slice(1));
    const families: FamilyBuilder[] = [
      counter('node_nfs_packets_total', 'Total NFSd network packets (sent+received) by protocol type.')
        .add(udp, { protocol: 'udp' })
        .add(tcp, { protocol: 'tcp' }),
      counter('node_nfs_connections_total', 'Total number of NFSd TCP connections.').add(connections),
      counter('node_nfs_rpcs_total', 'Total number of RPCs performed.').add(calls),
      counter('node_nfs_rpc_retransmissions_total', 'Number of RPC transmissions performed.').add(
        retransmissions,
      ),
      counter(
        'node_nfs_rpc_authentication_refreshes_total',
        'Number of RPC authentication refreshes performed.',
      ).add(refreshes),
    ];
    return [...families, requests];
  },
});
