import type { Overload } from '../functions.ts';
import { arithmetic } from './arithmetic.ts';
import { authorizer } from './authorizer.ts';
import { conversions } from './conversions.ts';
import { namedFormats } from './formats.ts';
import { lists } from './lists.ts';
import { network } from './network.ts';
import { optionals } from './optionals.ts';
import { quantity } from './quantity.ts';
import { regex } from './regex.ts';
import { semver } from './semver.ts';
import { strings } from './strings.ts';
import { time } from './time.ts';
import { url } from './url.ts';

/** All functions that an admission policy may call, by name. */
export const library: ReadonlyMap<string, readonly Overload[]> = byName([
  ...arithmetic,
  ...conversions,
  ...time,
  ...strings,
  ...lists,
  ...regex,
  ...optionals,
  ...quantity,
  ...semver,
  ...network,
  ...url,
  ...namedFormats,
  ...authorizer,
]);

function byName(all: readonly Overload[]): ReadonlyMap<string, readonly Overload[]> {
  const found = new Map<string, Overload[]>();
  for (const overload of all) {
    const named = found.get(overload.name);
    if (named === undefined) found.set(overload.name, [overload]);
    else named.push(overload);
  }
  return found;
}
