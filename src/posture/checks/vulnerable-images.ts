import type { Check } from '../control.ts';
import { containersOf } from '../pod-spec.ts';

/** A check of Deployments for a product whose image’s tag tells that it has a known vulnerability. */
export function vulnerableImageCheck(options: {
  readonly rule: string;
  /** Text that the image contains: `grafana:`. */
  readonly name: string;
  readonly cve: string;
  isVulnerable(version: readonly [number, number, number]): boolean;
}): Check {
  return {
    rule: options.rule,
    kinds: ['Deployment'],
    judge(object) {
      return containersOf(object).flatMap(({ container: { image }, path, label }) => {
        if (typeof image !== 'string' || !image.includes(options.name)) return [];
        const version = /:v?(\d+)\.(\d+)\.(\d+)(?:-ubuntu)?$/.exec(image);
        if (version === null) return [];
        const [, major, minor, patch] = version;
        if (!options.isVulnerable([Number(major), Number(minor), Number(patch)])) return [];
        const places = [`${path}.image`];
        const message = `${label}: ${image} has ${options.cve}`;
        return [{ message, reviewPaths: places, failedPaths: places, fixPaths: [] }];
      });
    },
  };
}
