import { PackageURL } from 'packageurl-js';
import type { ImageSbom } from '../../../model/image-sbom.ts';
import type { Package } from '../../../model/package.ts';

/** Whether a product of a VEX document is the image: by digest, or by the name it is known by. */
export function isAboutImage(product: string, { digest, imageId }: ImageSbom, reference: string): boolean {
  const text = product.trim();
  if (text === '') return false;
  const digests = [digest, imageId].filter((one) => one !== '');
  if (digests.some((one) => text.includes(one) || text.includes(encodeURIComponent(one)))) return true;
  if (reference === '') return false;
  return text === reference || ociNames(text).some((name) => isReferenceOf(name, reference));
}

/** References that a `pkg:oci/…` stands for: `repository_url` and `tag` are among its qualifiers. */
function ociNames(text: string): readonly string[] {
  const purl = parsePurl(text);
  if (purl === undefined) return [text];
  // With a digest of another image, the name alone does not make it this one.
  if (purl.type !== 'oci' || (purl.version ?? '') !== '') return [];
  const { repository_url: repository = purl.name, tag } = purl.qualifiers ?? {};
  return [tag === undefined ? repository : `${repository}:${tag}`];
}

/** `docker.io/library/nginx:1.27` is told by `nginx`, `library/nginx`, with the tag and without. */
function isReferenceOf(name: string, reference: string): boolean {
  const plain = reference.replace(/@sha256:[0-9a-f]+$/, '');
  const untagged = plain.replace(/:[^/:]+$/, '');
  return [plain, untagged].some((own) => own === name || own.endsWith(`/${name}`));
}

/** Whether a product or component is a package: the same package URL, as far as the statement's goes. */
export function isAboutPackage(product: string, found: Package): boolean {
  if (!product.startsWith('pkg:') || found.purl === '') return false;
  if (product === found.purl) return true;
  const [wanted, own] = [parsePurl(product), parsePurl(found.purl)];
  if (wanted === undefined || own === undefined) return false;
  if (wanted.type !== own.type || wanted.name !== own.name) return false;
  if ((wanted.namespace ?? '') !== (own.namespace ?? '')) return false;
  if ((wanted.version ?? '') !== '' && wanted.version !== own.version) return false;
  return Object.entries(wanted.qualifiers ?? {}).every(([key, value]) => own.qualifiers?.[key] === value);
}

function parsePurl(text: string): PackageURL | undefined {
  if (!text.startsWith('pkg:')) return undefined;
  try {
    return PackageURL.fromString(text);
  } catch {
    return undefined;
  }
}
