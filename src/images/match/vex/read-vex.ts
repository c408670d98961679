import { BadInputError, messageOf } from '../../../kit/app-error.ts';
import { listOf, objectOf, textOf, textsOf } from '../../database/blobs.ts';
import { readCsaf } from './read-csaf.ts';
import { type VexStatement, vexStatuses } from './vex-statement.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a VEX document: OpenVEX, or CSAF 2.0 of any category.
 *
 * @param source names it in results and messages
 * @throws {BadInputError} when it is neither, or a statement has no status that there is.
 */
export function readVex(text: string, source: string): readonly VexStatement[] {
  let document: Fields;
  try {
    document = objectOf(JSON.parse(text));
  } catch (error) {
    throw new BadInputError('', `${source}: no VEX document: ${messageOf(error)}`, { cause: error });
  }
  if (textOf(objectOf(document['document'])['csaf_version']) !== '') return readCsaf(document, source);
  const context = document['@context'];
  const isOpenVex = [context, ...listOf(context)].some((one) => textOf(one).includes('openvex'));
  if (!isOpenVex || !Array.isArray(document['statements']))
    throw new BadInputError('', `${source}: no VEX document: expected OpenVEX or CSAF 2.0 JSON`);
  return readOpenVex(document, source);
}

/** Source: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md */
function readOpenVex(document: Fields, source: string): readonly VexStatement[] {
  const written = timeOf(document['timestamp']) ?? 0;
  return listOf(document['statements']).map((entry, i) => {
    const statement = objectOf(entry);
    const status = vexStatuses.find((one) => one === statement['status']);
    if (status === undefined)
      throw new BadInputError('', `${source}: statements[${i}].status: expected ${vexStatuses.join(', ')}`);
    const products = listOf(statement['products']);
    return {
      source,
      vulnerabilities: vulnerabilitiesOf(statement['vulnerability']),
      products: products.flatMap(namesOf),
      components: products.flatMap((product) => listOf(objectOf(product)['subcomponents']).flatMap(namesOf)),
      status,
      justification: textOf(statement['justification']),
      note:
        textOf(statement['impact_statement']) ||
        textOf(statement['status_notes']) ||
        textOf(statement['action_statement']),
      atMs: timeOf(statement['last_updated']) ?? timeOf(statement['timestamp']) ?? written,
    };
  });
}

/** A text in older documents, later an object with a name and aliases. */
function vulnerabilitiesOf(value: unknown): readonly string[] {
  const { name, aliases } = objectOf(value) as { name?: unknown; aliases?: unknown };
  return [textOf(value), textOf(name), ...textsOf(aliases)].filter((one) => one !== '');
}

function namesOf(product: unknown): readonly string[] {
  const { identifiers, hashes } = objectOf(product) as { identifiers?: unknown; hashes?: unknown };
  const hash = textOf(objectOf(hashes)['sha-256']) || textOf(objectOf(hashes)['sha256']);
  return [
    textOf(product),
    textOf(objectOf(product)['@id']),
    textOf(objectOf(identifiers)['purl']),
    ...(hash === '' ? [] : [`sha256:${hash}`]),
  ].filter((name) => name !== '');
}

export function timeOf(value: unknown): number | undefined {
  const ms = Date.parse(textOf(value));
  return Number.isNaN(ms) ? undefined : ms;
}
