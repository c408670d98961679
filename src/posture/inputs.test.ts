import { describe, expect, it } from 'vitest';
import { defaultInputs, readInputs } from './inputs.ts';

describe('control inputs', () => {
  it('keep their defaults where the file says nothing', () => {
    expect(readInputs({ settings: { postureControlInputs: {} } })).toEqual(defaultInputs);
  });

  it('are read from a file in the shape of Kubescape’s, those for controls to come included', () => {
    const inputs = readInputs({
      name: 'default',
      settings: {
        postureControlInputs: { insecureCapabilities: ['SYS_ADMIN'], publicRegistries: ['docker.io'] },
      },
    });
    expect(inputs['insecureCapabilities']).toEqual(['SYS_ADMIN']);
    expect(inputs['publicRegistries']).toEqual(['docker.io']);
    expect(inputs['sensitiveValues']).toEqual(defaultInputs.sensitiveValues);
  });

  it.each([
    ['a name no control knows', { insecureCapabilites: [] }, /did you mean "insecureCapabilities"/],
    ['a list that is none', { sensitiveValues: 'JWT' }, /sensitiveValues: expected a list/],
    ['an item that is no text', { sensitiveValues: ['a', 1] }, /sensitiveValues\[1\]: expected a text/],
    [
      'a bad regular expression',
      { sensitiveValues: ['a', '('] },
      /sensitiveValues\[1\]: bad regular expression/,
    ],
  ])('refuse %s', (_, postureControlInputs, message) => {
    expect(() => readInputs({ settings: { postureControlInputs } })).toThrow(message);
  });

  it('refuse a file of another shape', () => {
    expect(() => readInputs([])).toThrow(/expected an object/);
    expect(() => readInputs({ settings: [] })).toThrow(/settings: expected an object/);
  });
});
