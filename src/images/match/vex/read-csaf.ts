import { listOf, objectOf, textOf, textsOf } from '../../database/blobs.ts';
import type { VexStatement, VexStatus } from './vex-statement.ts';

type Fields = Readonly<Record<string, unknown>>;

/** CSAF's lists of products, by what they say. */
const statuses: Readonly<Record<string, VexStatus>> = {
  known_not_affected: 'not_affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  under_investigation: 'under_investigation',
};

/** Nested deeper than anybody nests branches. */
const deepest = 64;

/** What stands for a product: its own names, and those of the whole it is a part of. */
interface Product {
  readonly names: readonly string[];
  readonly wholes: readonly string[];
}

/** Source: https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html (3.2) */
export function readCsaf(document: Fields, source: string): readonly VexStatement[] {
  const products = productsOf(objectOf(document['product_tree']));
  const tracking = objectOf(objectOf(document['document'])['tracking']);
  const atMs = Date.parse(textOf(tracking['current_release_date'])) || 0;
  return listOf(document['vulnerabilities']).flatMap((entry) => {
    const vulnerability = objectOf(entry);
    const names = [
      textOf(vulnerability['cve']),
      ...listOf(vulnerability['ids']).map((id) => textOf(objectOf(id)['text'])),
    ].filter((name) => name !== '');
    return Object.entries(statuses).flatMap(([list, status]) =>
      textsOf(objectOf(vulnerability['product_status'])[list]).map((id): VexStatement => {
        const { names: own, wholes } = products.get(id) ?? { names: [], wholes: [] };
        return {
          source,
          vulnerabilities: names,
          products: wholes.length > 0 ? wholes : own,
          components: wholes.length > 0 ? own : [],
          status,
          justification: forProduct(vulnerability['flags'], id, 'label'),
          note: forProduct(vulnerability['threats'], id, 'details'),
          atMs,
        };
      }),
    );
  });
}

/** The field of the entry that names the product, or that names none and goes for all. */
function forProduct(entries: unknown, product: string, field: string): string {
  const found = listOf(entries)
    .map(objectOf)
    .find((entry) => entry['product_ids'] === undefined || textsOf(entry['product_ids']).includes(product));
  return textOf(found?.[field]);
}

function productsOf(tree: Fields): ReadonlyMap<string, Product> {
  const products = new Map<string, Product>();
  const add = (value: unknown): void => {
    const product = objectOf(value);
    const id = textOf(product['product_id']);
    if (id !== '') products.set(id, { names: namesOf(product), wholes: [] });
  };
  for (const one of listOf(tree['full_product_names'])) add(one);
  visit(listOf(tree['branches']), add, 0);
  for (const one of listOf(tree['relationships'])) {
    const relationship = objectOf(one);
    const id = textOf(objectOf(relationship['full_product_name'])['product_id']);
    const part = products.get(textOf(relationship['product_reference']));
    const whole = products.get(textOf(relationship['relates_to_product_reference']));
    if (id !== '')
      products.set(id, { names: part?.names ?? [], wholes: whole?.names.filter(isImageName) ?? [] });
  }
  return products;
}

/** A product of a distribution's release is that package wherever it is; one of an image is in that image alone. */
function isImageName(name: string): boolean {
  return name.startsWith('pkg:oci/') || name.startsWith('sha256:') || name.includes('@sha256:');
}

function visit(branches: readonly unknown[], add: (product: unknown) => void, depth: number): void {
  if (depth > deepest) return;
  for (const one of branches) {
    const branch = objectOf(one);
    if (branch['product'] !== undefined) add(branch['product']);
    visit(listOf(branch['branches']), add, depth + 1);
  }
}

function namesOf(product: Fields): readonly string[] {
  const helper = objectOf(product['product_identification_helper']);
  const hashes = listOf(helper['hashes']).flatMap((hash) =>
    listOf(objectOf(hash)['file_hashes']).map((file) => objectOf(file)),
  );
  return [
    textOf(helper['purl']),
    ...textsOf(helper['purls']),
    ...hashes
      .filter((file) => file['algorithm'] === 'sha256')
      .map((file) => `sha256:${textOf(file['value'])}`),
    textOf(product['name']),
  ].filter((name) => name !== '');
}
