import type { ImageSbom } from '../../../model/image-sbom.ts';
import type { Package } from '../../../model/package.ts';
import type { VulnerabilityMatch } from '../../../model/vulnerability.ts';
import type { IgnoreRule } from '../ignore-rules.ts';
import { isAboutImage, isAboutPackage } from './products.ts';
import type { VexStatement } from './vex-statement.ts';

export interface VexQuestion {
  readonly match: VulnerabilityMatch;
  readonly found: Package;
  readonly sbom: ImageSbom;
  /** What the image is called; may be empty. */
  readonly reference: string;
  /** Rules with a `vexStatus` choose which statements count; `not_affected` and `fixed` do when there is none. */
  readonly rules: readonly IgnoreRule[];
}

/** The statements of all VEX documents, found by vulnerability. */
export class VexBook {
  readonly #byVulnerability = new Map<string, VexStatement[]>();
  readonly size: number;

  constructor(statements: readonly VexStatement[]) {
    this.size = statements.length;
    for (const statement of statements)
      for (const name of statement.vulnerabilities) {
        const key = name.toUpperCase();
        const others = this.#byVulnerability.get(key);
        if (others === undefined) this.#byVulnerability.set(key, [statement]);
        else others.push(statement);
      }
  }

  /** Why a match does not count; undefined when no statement says so, or the last one says that it does. */
  judge(question: VexQuestion): { readonly by: string; readonly reason: string } | undefined {
    const statement = this.lastAbout(question);
    if (statement === undefined || !silences(statement, question.rules)) return undefined;
    const { source, status, justification, note } = statement;
    const why = [status, justification, note].filter((part) => part !== '').join(': ');
    return { by: `vex ${source}`, reason: why };
  }

  /** The newest statement about a match. */
  lastAbout({ match, found, sbom, reference }: VexQuestion): VexStatement | undefined {
    const { id, aliases } = match.vulnerability;
    return [id, ...aliases]
      .flatMap((name) => this.#byVulnerability.get(name.toUpperCase()) ?? [])
      .filter((statement) => isAbout(statement, found, sbom, reference))
      .reduce<VexStatement | undefined>(
        (last, one) => (last === undefined || one.atMs >= last.atMs ? one : last),
        undefined,
      );
  }
}

function isAbout(
  { products, components }: VexStatement,
  found: Package,
  sbom: ImageSbom,
  reference: string,
): boolean {
  const isOfImage = products.some((product) => isAboutImage(product, sbom, reference));
  if (components.length > 0)
    return isOfImage && components.some((component) => isAboutPackage(component, found));
  return isOfImage || products.some((product) => isAboutPackage(product, found));
}

function silences({ status, justification }: VexStatement, rules: readonly IgnoreRule[]): boolean {
  const asked = rules.filter(({ vexStatus }) => vexStatus !== undefined && vexStatus !== '');
  if (asked.length === 0) return status === 'not_affected' || status === 'fixed';
  return asked.some(
    (rule) =>
      rule.vexStatus === status && (!rule.vexJustification || rule.vexJustification === justification),
  );
}
