import { counter, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { procNet } from '../host-files.ts';
import { serverVersion4, version2, version3 } from './nfs-procedures.ts';
import { addProcedures, readRpc } from './rpc-statistics.ts';

/** What this host does as a server of NFS. Source: https://www.svennd.be/nfsd-stats-explained-procnetrpcnfsd/ */
export const nfsd: CreateCollector = () => ({
  name: 'nfsd',
  collect({ roots }) {
    const lines = readRpc(`${procNet(roots.procfs)}/rpc/nfsd`);
    if (lines === undefined) throw new NoDataError('the server of NFS is not loaded');
    const value = (line: string, column: number): number => lines.get(line)?.[column] ?? 0;
    const total = (name: string, help: string, line: string, column: number) =>
      counter(`node_nfsd_${name}`, help).add(value(line, column));
    const requests = counter(
      'node_nfsd_requests_total',
      'Total number NFSd Requests by method and protocol.',
    );
    // The server counts what does nothing too, but node exporter does not tell of it.
    addProcedures(requests, '2', withoutNull(version2), lines.get('proc2')?.slice(1));
    addProcedures(requests, '3', withoutNull(version3), lines.get('proc3')?.slice(1));
    addProcedures(requests, '4', serverVersion4, lines.get('proc4ops')?.slice(1));
    return [
      total(
        'reply_cache_hits_total',
        'Total number of NFSd Reply Cache hits (client lost server response).',
        'rc',
        0,
      ),
      total(
        'reply_cache_misses_total',
        'Total number of NFSd Reply Cache an operation that requires caching (idempotent).',
        'rc',
        1,
      ),
      total(
        'reply_cache_nocache_total',
        'Total number of NFSd Reply Cache non-idempotent operations (rename/delete/…).',
        'rc',
        2,
      ),
      total('file_handles_stale_total', 'Total number of NFSd stale file handles', 'fh', 0),
      total('disk_bytes_read_total', 'Total NFSd bytes read.', 'io', 0),
      total('disk_bytes_written_total', 'Total NFSd bytes written.', 'io', 1),
      gauge('node_nfsd_server_threads', 'Total number of NFSd kernel threads that are running.').add(
        value('th', 0),
      ),
      gauge('node_nfsd_read_ahead_cache_size_blocks', 'How large the read ahead cache is in blocks.').add(
        value('ra', 0),
      ),
      total('read_ahead_cache_not_found_total', 'Total number of NFSd read ahead cache not found.', 'ra', 11),
      counter('node_nfsd_packets_total', 'Total NFSd network packets (sent+received) by protocol type.')
        .add(value('net', 1), { proto: 'udp' })
        .add(value('net', 2), { proto: 'tcp' }),
      total('connections_total', 'Total number of NFSd TCP connections.', 'net', 3),
      counter('node_nfsd_rpc_errors_total', 'Total number of NFSd RPC errors by error type.')
        .add(value('rpc', 2), { error: 'fmt' })
        .add(value('rpc', 3), { error: 'auth' })
        .add(value('rpc', 4), { error: 'cInt' }),
      total('server_rpcs_total', 'Total number of NFSd RPCs.', 'rpc', 0),
      requests,
    ];
  },
});

function withoutNull(methods: readonly string[]): (string | undefined)[] {
  return methods.map((method) => (method === 'Null' ? undefined : method));
}
