import fc from 'fast-check';

const number = fc.constantFrom('0', '1', '2', '9', '10', '01', '00');
const word = fc.constantFrom('a', 'rc', 'rc1', 'p', 'el8', 'post', 'dev', 'beta', 'z');
const mark = fc.constantFrom('.', '.', '.', '-', '~', '^', '+', '_', '', ':');
const likely = fc
  .array(fc.tuple(mark, fc.oneof({ weight: 3, arbitrary: number }, { weight: 1, arbitrary: word })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.map(([before, part], i) => (i === 0 ? part : before + part)).join(''));

/** Texts that some scheme of versions may take for one, many of them alike. */
export const versionTexts = fc.oneof(
  { weight: 6, arbitrary: likely },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('0:', '1:', 'v', 'go'), likely).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[v0-9a-cr.+~^_:-]{0,8}$/) },
);
