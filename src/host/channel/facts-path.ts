/** Where `skopos node` tells its facts. */
export const factsPath = '/host/facts';
