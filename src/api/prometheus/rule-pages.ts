import { fnv1a64 } from '../../kit/hash.ts';
import { ApiError } from './envelope.ts';

interface Group {
  readonly file: string;
  readonly spec: { readonly name: string };
}

/**
 * One page of rule groups, in order of file and name: at most `group_limit` of them, from the one that `group_next_token` names.
 * All of them without a limit.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#rules
 *
 * @throws {ApiError} for a limit that is none, a token without a limit, and a token of a group that is gone.
 */
export function pageOf<T extends Group>(
  groups: readonly T[],
  all: URLSearchParams,
): { readonly groups: readonly T[]; readonly nextToken?: string } {
  const limitText = all.get('group_limit') ?? '';
  const token = all.get('group_next_token') ?? '';
  if (limitText === '') {
    if (token !== '')
      throw new ApiError('bad_data', 'group_limit needs to be present in order to paginate over the groups');
    return { groups };
  }
  if (!/^[+-]?\d+$/.test(limitText))
    throw new ApiError(
      'bad_data',
      `group_limit needs to be a valid number: strconv.ParseInt: parsing "${limitText}": invalid syntax`,
    );
  const limit = Number(limitText);
  if (limit <= 0) throw new ApiError('bad_data', 'group_limit needs to be greater than 0');
  const sorted = [...groups].sort((a, b) => order(a.file, b.file) || order(a.spec.name, b.spec.name));
  const from = token === '' ? 0 : sorted.findIndex((group) => tokenOf(group) === token);
  if (from < 0)
    throw new ApiError('bad_data', `invalid group_next_token '${token}'. were rule groups changed?`);
  const next = sorted[from + limit];
  return {
    groups: sorted.slice(from, from + limit),
    ...(next === undefined ? {} : { nextToken: tokenOf(next) }),
  };
}

function tokenOf({ file, spec }: Group): string {
  return fnv1a64([file, spec.name]);
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
