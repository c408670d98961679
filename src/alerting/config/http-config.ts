import { type HttpClientConfig, httpConfigProblem } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';

/**
 * A receiver's `http_config` (its own, or the global one whole); no settings when there is none.
 *
 * @throws {BadInputError} when settings exclude each other; the path starts with `http_config`.
 */
export function checkHttpConfig(config: HttpClientConfig | null | undefined): HttpClientConfig {
  if (config === null || config === undefined) return {} as HttpClientConfig;
  const found = httpConfigProblem(config);
  if (found !== undefined) throw new BadInputError(['http_config', ...found.path].join('.'), found.problem);
  return config;
}
