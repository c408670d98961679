/** What images are for where nobody says otherwise. */
export const usualPlatform = 'linux/amd64';

/** `os/architecture[/variant]`, as image indexes name platforms. */
export const platformForm = /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/;

export const platformHint = 'a platform such as linux/amd64 or linux/arm64/v8';

/** Platforms of one scan. */
export const mostPlatforms = 20;

/** Whether what was asked for as `wanted` may be `own`: the variant may be left out. */
export function isOfPlatform(own: string, wanted: string): boolean {
  return own === wanted || own.startsWith(`${wanted}/`);
}
