import { expect, it } from 'vitest';
import { controlOf, controlsOf, frameworkOf, frameworks } from './index.ts';

it('finds frameworks and controls by name, whatever its case', () => {
  expect(frameworkOf('nsa').name).toBe('NSA');
  expect(controlOf('c-0057').name).toBe('Privileged container');
});

it('names the nearest one when there is none', () => {
  expect(() => frameworkOf('NSS', 'posture.frameworks[0]')).toThrow(
    /^posture\.frameworks\[0\]: there is no framework "NSS" \(did you mean "NSA"\?\)/,
  );
  expect(() => controlOf('C-0O57', 'controls')).toThrow(
    /^controls: there is no control "C-0O57" \(did you mean/,
  );
});

it('gives the controls of every framework in its order', () => {
  for (const framework of frameworks) {
    expect(controlsOf(framework).map(({ id }) => id)).toEqual(framework.controls);
  }
});

it('has each control once in a framework, and names and chapters only for controls that it has', () => {
  for (const { name, controls, numbers = {}, sections = [] } of frameworks) {
    expect(new Set(controls).size, name).toBe(controls.length);
    const inSections = sections.flatMap((section) => section.controls);
    expect(
      inSections.filter((id) => !controls.includes(id)),
      name,
    ).toEqual([]);
    expect(
      Object.keys(numbers).filter((id) => !controls.includes(id)),
      name,
    ).toEqual([]);
    expect(new Set(sections.map(({ number }) => number)).size, name).toBe(sections.length);
  }
});

it('has every framework of Kubescape, and the Pod Security Standards', () => {
  expect(frameworks).toHaveLength(19);
  expect(frameworkOf('AllControls').controls).toHaveLength(281);
});
