/** How Grype's matchers are set; what is left out is as its defaults. */
export interface MatchSettings {
  /**
   * Whether CPEs are looked for: `default` for types that have no other data, and apk, as Grype does; `always` for every
   * package; `never`; `adaptive` as Kubevuln does: for every package, but not in distributions that keep their own data of
   * everything.
   */
  readonly cpes: 'default' | 'always' | 'never' | 'adaptive';
  /** `zero`: an rpm advisory without an epoch means 0; `auto`: it says nothing of epochs. */
  readonly rpmMissingEpoch: 'auto' | 'zero';
  /** Whether Go main modules with a pseudo-version (`v0.0.0-…`) are judged. */
  readonly goMainModulePseudoVersions: boolean;
  /** Whether the standard library of Go is looked for by CPE too. */
  readonly goStdlibCpes: boolean;
}

export const defaultMatchSettings: MatchSettings = {
  cpes: 'default',
  rpmMissingEpoch: 'auto',
  goMainModulePseudoVersions: false,
  goStdlibCpes: false,
};

/** Distributions whose own data speaks of all that is in their packages. Source: Kubevuln's configuration. */
const selfSufficient: ReadonlySet<string> = new Set(['echo', 'chainguard', 'wolfi', 'minimos']);

export function wantsCpes(
  { cpes }: Pick<MatchSettings, 'cpes'>,
  usesThemByDefault: boolean,
  distribution: string,
): boolean {
  switch (cpes) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'adaptive':
      return !selfSufficient.has(distribution);
    case 'default':
      return usesThemByDefault;
  }
}
