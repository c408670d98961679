import { assemblePackages } from '../catalogers/assemble.ts';
import type { Cataloger, FoundFile } from '../catalogers/cataloger.ts';
import {
  type DistributionEvidence,
  distributionReader,
  findDistribution,
} from '../catalogers/distribution.ts';
import { decodeRecord, encodeRecord } from '../layers/layer-record.ts';
import { readFolder } from '../layers/read-folder.ts';
import { readLayer } from '../layers/read-layer.ts';
import { SquashedLayers } from '../layers/squash.ts';
import type { AssembledImage, LayerWork } from './layer-work.ts';

/** The work itself, in this thread. */
export function localWork(catalogers: readonly Cataloger[]): LayerWork {
  const readers = [distributionReader, ...catalogers];
  return {
    async readLayer(blob, job) {
      const { record, isWhole, open } = await readLayer(blob, { ...job, readers });
      return { record: encodeRecord(record), isWhole, open };
    },
    async readFolder({ folder, limits }) {
      const record = await readFolder(folder, { readers, limits });
      return { record: encodeRecord(record), isWhole: true, open: new Map() };
    },
    async assemble({ records, architecture }) {
      const decoded = records.map(decodeRecord);
      const layers = new SquashedLayers(decoded);
      const resolve = (path: string) => layers.resolve(path);
      const identity = layers.found(distributionReader.name) as FoundFile<DistributionEvidence>[];
      const distribution = findDistribution(identity, resolve);
      const found = new Map(catalogers.map(({ name }) => [name, layers.found(name)]));
      const image = { distribution, architecture, resolve, layerOf: (path: string) => layers.layerOf(path) };
      const partial = decoded.flatMap((record) => record.partial);
      const packages = assemblePackages(catalogers, found, image, (problem) => {
        partial.push({ where: problem.path, reason: problem.message });
      });
      return { packages, distribution, partial } satisfies AssembledImage;
    },
  };
}
