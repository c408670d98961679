import type { FastifyInstance } from '../../http/server.ts';
import { unifiedDiff } from '../../kit/unified-diff.ts';
import type { ConfigurationJson } from './monitoring-contract.ts';
import type { MonitoringSource } from './monitoring-source.ts';
import { base } from './parameters.ts';

/** `GET /configuration`: what is in force, what the last reload changed, and how reloads went. */
export function configurationRoutes(app: FastifyInstance, source: MonitoringSource): void {
  app.get(`${base}/configuration`, async (): Promise<ConfigurationJson> => {
    const { before, documents, ...rest } = source.configuration();
    return {
      ...rest,
      documents: documents.map((document) => {
        const old = before?.find(({ name }) => name === document.name)?.text;
        return {
          ...document,
          ...(before === undefined ? {} : { diff: unifiedDiff(old ?? '', document.text, document.name) }),
        };
      }),
      unsupported: source
        .discovery()
        .filter(({ isSupported }) => !isSupported)
        .map(({ name, kind }) => ({ job: name, kind })),
    };
  });
}
