import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { HttpError } from './http-error.ts';

/** Name look-up for connections that gives only addresses which may be connected to: what a name leads to may change at any time. */
export function guardedLookup(mayConnect: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const allowed = (found as LookupAddress[]).filter(({ address }) => mayConnect(address));
      const [first] = allowed;
      if (first === undefined)
        callback(new HttpError(`${host} leads to an address that may not be connected to`), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
