import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { UnavailableError } from '../kit/app-error.ts';
import { AlertJournal } from './alert-journal.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'skopos-journal-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** As a process that starts after another was killed. */
function open(path: string, doneSeq = 0) {
  const journal = new AlertJournal(path);
  const texts = journal.readAfter(doneSeq);
  onTestFinished(() => journal.close());
  return { journal, texts };
}

function onlyFile(path: string): string {
  const [name, ...more] = readdirSync(path);
  if (name === undefined || more.length > 0) throw new Error(`${path} has not one file`);
  return join(path, name);
}

it('gives back what was appended, in order, over several starts', () => {
  const path = folder();
  open(path).journal.append('a');
  const second = open(path);
  expect(second.texts).toEqual(['a']);
  second.journal.append('ä "b"');
  second.journal.append('c');
  expect(open(path).texts).toEqual(['a', 'ä "b"', 'c']);
});

it('passes over a line that was cut off, wherever the cut is, and goes on after it', () => {
  const whole = folder();
  open(whole).journal.append('first');
  const before = readFileSync(onlyFile(whole)).length;
  const { journal } = open(whole);
  journal.append('second');
  const bytes = readdirSync(whole).map((name) => readFileSync(join(whole, name)));
  const all = Buffer.concat(bytes);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: all.length }), (length) => {
      const path = folder();
      writeFileSync(join(path, '0000000000000001.journal'), all.subarray(0, length));
      const after = open(path);
      // A line without its end is whole when all else of it is there.
      const kept = ['first', 'second'].slice(0, length >= all.length - 1 ? 2 : length >= before - 1 ? 1 : 0);
      expect(after.texts).toEqual(kept);
      after.journal.append('third');
      expect(open(path).texts).toEqual([...kept, 'third']);
    }),
  );
});

it('passes over a damaged line alone, and says so', () => {
  const path = folder();
  const { journal } = open(path);
  for (const text of ['one', 'two', 'three']) journal.append(text);
  const file = onlyFile(path);
  writeFileSync(file, readFileSync(file, 'utf8').replace('two', 'tvo'));
  appendFileSync(file, 'no line of ours\n');
  const after = open(path);
  expect(after.texts).toEqual(['one', 'three']);
  expect(after.journal.damagedLines).toBe(2);
});

it('removes a file only when all in it is done with', () => {
  const path = folder();
  const { journal } = open(path);
  journal.append('a');
  const done = journal.turnPage();
  journal.append('b');
  expect(readdirSync(path)).toHaveLength(2);
  journal.forget(done - 1);
  expect(readdirSync(path)).toHaveLength(2);
  journal.forget(done);
  expect(readdirSync(path)).toHaveLength(1);
  expect(open(path, done).texts).toEqual(['b']);
  expect(open(path, done + 1).texts).toEqual([]);
  expect(readdirSync(path)).toEqual([]);
});

it('goes on counting above what the database has, when its files are gone', () => {
  const path = folder();
  open(path, 41).journal.append('a');
  expect(open(path, 41).texts).toEqual(['a']);
});

it('goes on after an empty file', () => {
  const path = folder();
  open(path).journal.append('a');
  truncateSync(onlyFile(path), 0);
  const second = open(path);
  expect(second.texts).toEqual([]);
  second.journal.append('b');
  expect(open(path).texts).toEqual(['b']);
});

it('says so when the folder cannot be used', () => {
  const path = join(folder(), 'file');
  writeFileSync(path, '');
  expect(() => new AlertJournal(path)).toThrow(UnavailableError);
  const gone = folder();
  const { journal } = open(gone);
  rmSync(gone, { recursive: true });
  expect(() => journal.append('a')).toThrow(/journal in .* cannot be written/);
});
