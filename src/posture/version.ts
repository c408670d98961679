/** The first version of three numbers in a text: `v1.20.7-gke.100` gives [1, 20, 7]. */
export function versionIn(text: string): [number, number, number] | undefined {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}
