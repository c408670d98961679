import { Recent } from '../../kit/recent.ts';

const most = 40_000;

/**
 * The same function, which remembers what it gave for a text: bounds of advisories and versions of packages come again and again.
 * What it throws is not remembered.
 */
export function remembered<Result>(parse: (text: string) => Result): (text: string) => Result {
  const known = new Recent<string, { readonly result: Result }>(most);
  // One version is compared with many bounds: one of the two last texts is most often the one.
  let [text0, text1]: (string | undefined)[] = [];
  let result0: Result;
  let result1: Result;
  let isFirstOlder = true;
  return (text) => {
    if (text === text0) {
      isFirstOlder = false;
      return result0;
    }
    if (text === text1) {
      isFirstOlder = true;
      return result1;
    }
    let found = known.get(text);
    if (found === undefined) {
      found = { result: parse(text) };
      known.set(text, found);
    }
    if (isFirstOlder) [text0, result0] = [text, found.result];
    else [text1, result1] = [text, found.result];
    isFirstOlder = !isFirstOlder;
    return found.result;
  };
}
