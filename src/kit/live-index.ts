/**
 * Finds items by key in a list that others may change. An index is kept, and made again when it turns out to be old.
 */
export function liveIndex<Item>(
  list: readonly Item[],
  keyOf: (item: Item) => string,
): (key: string) => Item | undefined {
  let places = new Map<string, number>();
  const held = (key: string): Item | undefined => {
    const place = places.get(key);
    const item = place === undefined ? undefined : list[place];
    return item !== undefined && keyOf(item) === key ? item : undefined;
  };
  return (key) => {
    const found = held(key);
    if (found !== undefined) return found;
    places = new Map(list.map((item, place) => [keyOf(item), place]));
    return held(key);
  };
}
