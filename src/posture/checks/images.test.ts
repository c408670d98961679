import { describe, expect, it } from 'vitest';
import { defaultInputs } from '../inputs.ts';
import { isFloating, isFromAllowed, normalizedImage, tagOf } from './images.ts';

describe('an image’s name', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['team/web:1', 'docker.io/team/web:1'],
    ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['localhost/web', 'localhost/web:latest'],
    ['registry.example.com:5000/web', 'registry.example.com:5000/web:latest'],
    ['quay.io/web@sha256:ab', 'quay.io/web@sha256:ab'],
  ])('%s is %s to a runtime', (image, whole) => {
    expect(normalizedImage(image)).toBe(whole);
  });

  it.each([
    ['registry.example.com:5000/web', ''],
    ['registry.example.com:5000/web:1.2', '1.2'],
    ['web:1.2@sha256:ab', undefined],
  ])('%s has the tag %s', (image, tag) => {
    expect(tagOf(image)).toBe(tag);
  });

  it('is one that moves when the inputs say so of its tag', () => {
    const view = { get: () => undefined, list: () => [] };
    const context = { view, inputs: { ...defaultInputs, floatingImageTags: ['stable'] } };
    expect(
      ['web:stable', 'web:1', 'web', 'web:stable@sha256:ab'].map((image) => isFloating(image, context)),
    ).toEqual([true, false, false, false]);
  });
});

describe('the allow list', () => {
  const isAllowed = (image: string, ...names: string[]) =>
    isFromAllowed(image, { ...defaultInputs, imageRepositoryAllowList: names });

  it.each([
    ['gcr.io/a/web:1', 'gcr.io'],
    ['gcr.io/a/web:1', 'gcr.io/'],
    ['gcr.io/a/web:1', 'gcr.io/a'],
    ['gcr.io/a/web:1', 'gcr.io/a/web'],
    ['gcr.io/a/web@sha256:ab', 'gcr.io/a/web'],
  ])('takes %s for one of %s', (image, name) => {
    expect(isAllowed(image, name)).toBe(true);
  });

  it.each([
    ['gcr.io.example.com/web', 'gcr.io'],
    ['gcrXio/web', 'gcr.io'],
    ['gcr.io:5000/web', 'gcr.io'],
    ['gcr.io/ab/web', 'gcr.io/a'],
    ['gcr.io/a/web', 'quay.io'],
  ])('does not take %s for one of %s', (image, name) => {
    expect(isAllowed(image, name)).toBe(false);
  });

  it('allows nothing while it is empty', () => {
    expect(isAllowed('gcr.io/web')).toBe(false);
  });
});
