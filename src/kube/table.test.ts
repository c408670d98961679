import { expect, it } from 'vitest';
import type { KubeObject } from '../model/object.ts';
import { TableReader } from './table.ts';

const object = {
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { name: 'a' },
} as KubeObject;

it('reads the objects of rows with their type, also from tables that no longer say their columns', () => {
  const reader = new TableReader();
  const columnDefinitions = [{ name: 'Name' }, { name: 'Type' }, { name: 'Data' }];
  const typed = { ...object, type: 'Opaque' };
  expect(reader.read({ columnDefinitions, rows: [{ cells: ['a', 'Opaque', 1], object }] })).toEqual([typed]);
  expect(reader.read({ columnDefinitions: null, rows: [{ cells: ['a', 'Opaque', 1], object }] })).toEqual([
    typed,
  ]);
  expect(reader.read({ rows: [{ cells: ['a', 'Opaque', 1], object }] })).toEqual([typed]);
  expect(reader.read({ rows: null })).toEqual([]);
});

it('reads objects without a type from a table that has no such column', () => {
  expect(
    new TableReader().read({ columnDefinitions: [{ name: 'Name' }], rows: [{ cells: ['a'], object }] }),
  ).toEqual([object]);
});
