import { counter } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { namesIn, readNumber } from '../host-files.ts';

/** Errors of memory. Source: https://docs.kernel.org/admin-guide/RAS/main.html */
export const edac: CreateCollector = () => ({
  name: 'edac',
  collect({ roots }) {
    const folder = `${roots.sysfs}/devices/system/edac/mc`;
    const corrected = counter('node_edac_correctable_errors_total', 'Total correctable memory errors.');
    const uncorrected = counter('node_edac_uncorrectable_errors_total', 'Total uncorrectable memory errors.');
    const rowCorrected = counter(
      'node_edac_csrow_correctable_errors_total',
      'Total correctable memory errors for this csrow.',
    );
    const rowUncorrected = counter(
      'node_edac_csrow_uncorrectable_errors_total',
      'Total uncorrectable memory errors for this csrow.',
    );
    for (const [controller, path] of numbered(folder, 'mc')) {
      corrected.add(readNumber(`${path}/ce_count`), { controller });
      uncorrected.add(readNumber(`${path}/ue_count`), { controller });
      rowCorrected.add(readNumber(`${path}/ce_noinfo_count`), { controller, csrow: 'unknown' });
      rowUncorrected.add(readNumber(`${path}/ue_noinfo_count`), { controller, csrow: 'unknown' });
      for (const [csrow, row] of numbered(path, 'csrow')) {
        rowCorrected.add(readNumber(`${row}/ce_count`), { controller, csrow });
        rowUncorrected.add(readNumber(`${row}/ue_count`), { controller, csrow });
      }
    }
    return [corrected, uncorrected, rowCorrected, rowUncorrected];
  },
});

/** Number and path of `prefix0`, `prefix1`, … */
function numbered(folder: string, prefix: string): [string, string][] {
  return (namesIn(folder) ?? [])
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => [name.slice(prefix.length), `${folder}/${name}`]);
}
