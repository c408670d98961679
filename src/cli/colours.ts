import pc from 'picocolors';

/** Colours for people at a terminal: a file, a pipe and a build log get none unless they ask (`FORCE_COLOR`). */
export const colours = pc.createColors(
  pc.isColorSupported && (process.stdout.isTTY === true || process.env['FORCE_COLOR'] !== undefined),
);
