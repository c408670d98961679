import type { VulnerabilityEffect } from '../../model/grave-vulnerabilities.ts';

/**
 * Words by which descriptions tell that a stranger can run code. As Kubescape's scanner goes by.
 * Source: https://github.com/armosec/armoapi-go, containerscan, `IsRCE`
 */
const words = [
  'arbitrary code',
  'code execution',
  'code injection',
  'command injection',
  'inject arbitrary commands',
  'remote command execution',
];

/** The acronym as a word of its own. */
const acronym = /(?<![A-Za-z])RCE(?![A-Za-z])/;

/** What a vulnerability lets an attacker do, by its description in English; undefined when that tells of no such thing. */
export function effectOf(description: string): VulnerabilityEffect | undefined {
  if (description.trim() === '') return 'undescribed';
  const low = description.toLowerCase();
  return words.some((word) => low.includes(word)) || acronym.test(description) ? 'code-execution' : undefined;
}
