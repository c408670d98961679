import { counter, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, numberIn } from '../host-files.ts';

const statistics = [
  ['dumped_frames', 'dumped_frames_total', 'Number of dumped frames'],
  ['error_frames', 'error_frames_total', 'Number of errors in frames'],
  ['invalid_crc_count', 'invalid_crc_total', 'Invalid Cyclic Redundancy Check count'],
  ['rx_frames', 'rx_frames_total', 'Number of frames received'],
  ['rx_words', 'rx_words_total', 'Number of words received by host port'],
  ['tx_frames', 'tx_frames_total', 'Number of frames transmitted by host port'],
  ['tx_words', 'tx_words_total', 'Number of words transmitted by host port'],
  [
    'seconds_since_last_reset',
    'seconds_since_last_reset_total',
    'Number of seconds since last host port reset',
  ],
  ['invalid_tx_word_count', 'invalid_tx_words_total', 'Number of invalid words transmitted by host port'],
  ['link_failure_count', 'link_failure_total', 'Number of times the host port link has failed'],
  [
    ...(['loss_of_sync_count', 'loss_of_sync_total'] as const),
    'Number of failures on either bit or transmission word boundaries',
  ],
  ['loss_of_signal_count', 'loss_of_signal_total', 'Number of times signal has been lost'],
  ['nos_count', 'nos_total', 'Number Not_Operational Primitive Sequence received by host port'],
  ['fcp_packet_aborts', 'fcp_packet_aborts_total', 'Number of aborted packets'],
] as const;

const texts = [
  ...['speed', 'port_state', 'port_type', 'symbolic_name', 'supported_classes', 'supported_speeds'],
  'dev_loss_tmo',
];
const hexTexts = ['port_id', 'port_name', 'fabric_name'];

const allFiles = [...texts, ...hexTexts, ...statistics.map(([file]) => `statistics/${file}`)];

/** What firmware tells that does not count it. */
const unimplemented = '0xffffffffffffffff';

/** Host bus adapters. Source: https://docs.kernel.org/scsi/scsi_fc_transport.html */
export const fibrechannel: CreateCollector = () => ({
  name: 'fibrechannel',
  async collect({ roots, slow }) {
    const folder = `${roots.sysfs}/class/fc_host`;
    const hosts = namesIn(folder);
    if (hosts === undefined) throw new NoDataError('there is no Fibre Channel host');
    const info = gauge(
      'node_fibrechannel_info',
      'Non-numeric data from /sys/class/fc_host/<host>, value is always 1.',
    );
    const families = statistics.map(([, name, help]) => counter(`node_fibrechannel_${name}`, help));
    for (const fc_host of hosts) {
      const found = await slow.textsIn(`${folder}/${fc_host}`, allFiles);
      const text = (file: string): string => found.get(file) ?? '';
      info.add(1, {
        fc_host,
        ...Object.fromEntries(texts.map((file) => [file, text(file)])),
        ...Object.fromEntries(hexTexts.map((file) => [file, text(file).replace(/^0x/, '')])),
      });
      for (const [i, [file]] of statistics.entries()) {
        const counted = text(`statistics/${file}`);
        const value = counted === unimplemented ? undefined : numberIn(counted);
        if (value !== undefined) families[i]?.add(value, { fc_host });
      }
    }
    return [info, ...families];
  },
});
