import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BadInputError } from '../../kit/app-error.ts';
import '../../../test/support/property-seed.ts';
import { groupingOf, groupPath } from './grouping.ts';

const plain = { utf8Names: false };

it.each([
  ['/metrics/job/a', { job: 'a' }],
  ['/metrics/job/a/instance/b', { job: 'a', instance: 'b' }],
  ['/metrics/job@base64/L3Zhcg==', { job: '/var' }],
  ['/metrics/job@base64/L3Zhcg', { job: '/var' }],
  ['/metrics/job/a/dir@base64/=', { job: 'a', dir: '' }],
  ['/metrics/job/a/dir/', { job: 'a', dir: '' }],
  ['/metrics/job/a/job/b', { job: 'a' }],
  ['/metrics/job/%C3%A4', { job: 'ä' }],
  ['/metrics/job//a', { job: 'a' }],
  ['/metrics/job/a/', { job: 'a' }],
])('reads %s', (path, labels) => {
  expect(groupingOf(path, plain)).toEqual(labels);
});

it.each([
  ['/metrics/job/', 'job name is required'],
  ['/metrics/job/a/b', 'odd number of components in label string "/b"'],
  ['/metrics/job/a/__b/c', 'improper label name "__b"'],
  ['/metrics/job/a/b-c/d', 'improper label name "b-c"'],
  ['/metrics/job@base64/!', 'invalid base64 encoding in job name "!"'],
  ['/metrics/job@base64/_w', 'job name "_w" is no UTF-8'],
  ['/metrics/job/%ff', 'the path has percent signs that stand for no UTF-8'],
])('refuses %s', (path, problem) => {
  expect(() => groupingOf(path, plain)).toThrow(new BadInputError('', problem));
});

it('knows a path that is of no group', () => {
  expect(groupingOf('/metrics/push', plain)).toBeUndefined();
  expect(groupingOf('/metrics/jobs/a', plain)).toBeUndefined();
});

it('undoes U__ in names of labels where that is wanted', () => {
  const read = (name: string) =>
    Object.keys(groupingOf(`/metrics/job/a/${name}/v`, { utf8Names: true }) ?? {})[0];
  expect(read('U__my_2e_label')).toBe('my.label');
  expect(read('U__a__b')).toBe('a_b');
  expect(read('U__a_d800_b')).toBe('U__a_d800_b');
  expect(read('U__a_b')).toBe('U__a_b');
  expect(() => groupingOf('/metrics/job/a/U______x/v', { utf8Names: true })).toThrow('improper label name');
});

it('reads back every group that is written as base64', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((one) => one !== 'job');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.dictionary(name, fc.string({ unit: 'grapheme' })),
      (job, labels) => {
        const packed = (text: string) => Buffer.from(text).toString('base64url') || '=';
        const pairs = Object.entries(labels).map(([of, value]) => `/${of}@base64/${packed(value)}`);
        expect(groupingOf(`/metrics/job@base64/${packed(job)}${pairs.join('')}`, plain)).toEqual({
          ...labels,
          job,
        });
      },
    ),
  );
});

it('reads from the path that a group is given what the group is', () => {
  const name = fc
    .oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('U__x', 'a@base64', 'a.b', '_'))
    .filter((text) => !text.startsWith('__') && text !== 'job');
  const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '.', '..', 'a/b', '%2f', '+'));
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.string({ minLength: 1 }), (labels, job) => {
      expect(groupingOf(groupPath({ ...labels, job }), { utf8Names: true })).toEqual({ ...labels, job });
    }),
  );
  expect(groupPath({ instance: 'db1', job: 'backup' })).toBe('/metrics/job/backup/instance/db1');
  expect(groupPath({ job: 'a/b', 'x.y': '' })).toBe('/metrics/job@base64/YS9i/U__x_2e_y@base64/=');
});

it('never fails on any path but by saying what is wrong', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom('job', 'job@base64', '__proto__', '@base64', '%', '=', ''),
  );
  fc.assert(
    fc.property(fc.array(part), fc.boolean(), (parts, utf8Names) => {
      try {
        const labels = groupingOf(`/metrics/job/${parts.join('/')}`, { utf8Names });
        expect(labels?.['job']).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(BadInputError);
      }
    }),
  );
});
