import { groupOf, type KubeObject } from '../../model/object.ts';
import { fieldsAt, isFields, textOf } from '../index/fields.ts';
import { type ParsedDocument, parseDocuments } from './parse-documents.ts';
import type { FileProblem } from './problem.ts';
import { isNamespaced } from './scope.ts';
import { mendText } from './string-fields.ts';

export interface PlacedObject {
  readonly object: KubeObject;
  /** From 1. */
  readonly line: number;
}

export interface ParsedManifests {
  readonly objects: readonly PlacedObject[];
  readonly problems: readonly FileProblem[];
}

/**
 * The Kubernetes objects in a text: lists taken apart, the default namespace filled in, text fields mended. What is no
 * manifest (Helm values, compose files, kustomizations) is passed over. Never throws; one broken document is a problem
 * of its own and the others are read.
 */
export function parseManifests(text: string, file: string): ParsedManifests {
  const { documents, problems } = parseDocuments(text, file);
  const found: PlacedObject[] = [];
  const all = [...problems];
  const context: Context = {
    file,
    add: (object, line) => void found.push({ object, line }),
    warn: (line, message) => void all.push({ severity: 'warning', file, line, column: 1, message }),
  };
  for (const document of documents) takeDocument(document, context);
  return { objects: found, problems: all };
}

interface Context {
  readonly file: string;
  add(object: KubeObject, line: number): void;
  warn(line: number, message: string): void;
}

function takeDocument(document: ParsedDocument, context: Context): void {
  const { value, line, itemLines } = document;
  if (!isFields(value)) return;
  const apiVersion = textOf(value['apiVersion']);
  const kind = textOf(value['kind']);
  if (!kind.endsWith('List') || !Array.isArray(value['items'])) {
    take(value, line, context);
    return;
  }
  for (const [i, item] of value['items'].entries()) {
    const itemLine = itemLines[i] ?? line;
    // The API leaves kind and version out of the members of a typed list.
    const implied = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
    if (isFields(item)) take({ ...implied, ...item }, itemLine, context);
    else context.warn(itemLine, `item ${i} of the list is no object; remove it`);
  }
}

function take(value: Readonly<Record<string, unknown>>, line: number, context: Context): void {
  const apiVersion = textOf(value['apiVersion']);
  const kind = textOf(value['kind']);
  if (isForeign(apiVersion, kind, value)) return;
  const name = nameOf(fieldsAt(value, 'metadata'));
  const missing =
    apiVersion === '' ? 'apiVersion' : kind === '' ? 'kind' : name === '' ? 'metadata.name' : '';
  if (missing !== '') {
    context.warn(line, `this ${kind || 'manifest'} has no ${missing}: add it, or it is not judged`);
    return;
  }
  const { value: mended, paths } = mendText(value);
  if (paths.length > 0) context.warn(line, notText(kind, name, paths));
  const object = mended as Readonly<Record<string, unknown>>;
  context.add({ ...object, apiVersion, kind, metadata: placed(object, apiVersion, kind, name) }, line);
}

/** Files that look like manifests but are for tools, not for a cluster. */
function isForeign(apiVersion: string, kind: string, value: Readonly<Record<string, unknown>>): boolean {
  if (apiVersion === '' && kind === '') return true;
  const group = groupOf(apiVersion);
  if (group === 'kustomize.config.k8s.io' || group === 'kind.x-k8s.io' || group === 'kubeadm.k8s.io')
    return true;
  if (group.endsWith('.config.k8s.io') || (apiVersion === 'v1' && kind === 'Config')) return true;
  // Chart.yaml of Helm
  return kind === '' && /^v[12]$/.test(apiVersion) && 'version' in value && 'name' in value;
}

function nameOf(metadata: Readonly<Record<string, unknown>>): string {
  const name = metadata['name'];
  if (typeof name === 'number' || typeof name === 'boolean') return String(name);
  return textOf(name) || textOf(metadata['generateName']);
}

function placed(
  object: Readonly<Record<string, unknown>>,
  apiVersion: string,
  kind: string,
  name: string,
): KubeObject['metadata'] {
  const { namespace, ...metadata } = fieldsAt(object, 'metadata');
  const scoped = isNamespaced(groupOf(apiVersion), kind);
  const given = textOf(namespace);
  const filled = scoped === false ? '' : given === '' && scoped === true ? 'default' : given;
  return filled === '' ? { ...metadata, name } : { ...metadata, name, namespace: filled };
}

function notText(kind: string, name: string, paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return `${kind} ${name}: ${shown}${more} must be text: put quotes around the value, or the API server refuses it`;
}
