import type { PackageDetails, PackageType } from '../../model/package.ts';
import type { CatalogedPackage, FoundFile } from './cataloger.ts';

/** What a cataloger says of a package; the rest is empty. */
export interface PackageFacts {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly foundBy: string;
  /** Where its evidence lies, the first of it first. */
  readonly at: readonly Pick<FoundFile<unknown>, 'path' | 'layer'>[];
  readonly cpes?: readonly string[];
  readonly language?: string;
  readonly licenses?: readonly string[];
  readonly upstreams?: CatalogedPackage['upstreams'];
  readonly details?: PackageDetails;
  readonly files?: readonly string[];
}

/** A package in the shape that all catalogers share. */
export function newPackage(facts: PackageFacts): CatalogedPackage {
  return {
    type: facts.type,
    name: facts.name,
    version: facts.version,
    purl: facts.purl,
    cpes: facts.cpes ?? [],
    language: facts.language ?? '',
    licenses: [...new Set((facts.licenses ?? []).map((license) => license.trim()).filter(Boolean))],
    locations: facts.at.map(({ path, layer }) => ({ path, layer })),
    upstreams: facts.upstreams ?? [],
    details: facts.details ?? {},
    foundBy: facts.foundBy,
    files: facts.files ?? [],
  };
}
