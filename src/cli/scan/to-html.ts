import { formatRef } from '../../model/object.ts';
import { severities } from '../../model/verdict.ts';
import { wholeScore } from '../../posture/scores.ts';
import { escapeXml as esc } from '../escape-xml.ts';
import { groupBy } from './group-by.ts';
import type { ScanFinding, ScanResult, ScanUnknown } from './scan-result.ts';

/** The result as one HTML page that needs no network and runs no script. */
export function toHtml(result: ScanResult): string {
  const { findings, unknown, source } = result;
  const counts = severities
    .map((severity) => [severity, findings.filter((one) => one.severity === severity).length] as const)
    .filter(([, count]) => count > 0);
  const groups = [...groupBy(findings, ({ control }) => control.id).values()];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Scan of ${esc(source.name)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Scan of ${esc(source.name)}</h1>
<p>${result.objects} objects, ${result.controls.length} controls, ${findings.length} findings · ${new Date(result.atMs).toISOString()}</p>
<ul class="counts">${counts.map(([severity, count]) => `<li class="${severity}"><b>${count}</b> ${severity}</li>`).join('')}</ul>
${scores(result)}
<h2>Findings</h2>
${groups.length === 0 ? '<p>None.</p>' : groups.map(group).join('\n')}
${unknown.length === 0 ? '' : notJudged(unknown)}
</main>
</body>
</html>
`;
}

function scores({ frameworks }: ScanResult): string {
  const rows = frameworks.map(
    ({ name, title, compliance, honest, controls }) =>
      `<tr><th scope="row">${esc(name)}<small>${esc(title)}</small></th><td>${wholeScore(compliance)} %</td><td>${honest === undefined ? '—' : `${wholeScore(honest)} %`}</td><td>${controls.pass}</td><td>${controls.fail}</td><td>${controls.unknown}</td><td>${controls['not-applicable']}</td></tr>`,
  );
  return `<h2>Scores</h2>
<div class="wide"><table><thead><tr><th>Framework</th><th>Compliance</th><th>Honest</th><th>Passed</th><th>Failed</th><th>Unknown</th><th>Nothing to judge</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
<p class="note">Compliance is as Kubescape counts it; honest counts what could not be judged as not passed.</p>`;
}

function group(findings: readonly ScanFinding[]): string {
  const [first] = findings;
  if (first === undefined) return '';
  const { control, severity } = first;
  const rows = findings.map(
    ({ object, evidence, place, fingerprint }) =>
      `<tr data-fingerprint="${fingerprint}"><td>${esc(formatRef(object))}</td><td><code>${esc(evidence.path)}</code></td><td>${place === undefined ? '' : esc(`${place.file}:${place.line}`)}</td><td>${esc(evidence.message)}</td></tr>`,
  );
  return `<details id="${control.id}" open><summary><span class="${severity}">${severity}</span> ${control.id} ${esc(control.name)} <small>${findings.length}</small></summary>
<p>${prose(control.why)}</p><p><b>What to do:</b> ${prose(control.fix)}</p>
<div class="wide"><table><thead><tr><th>Object</th><th>Path</th><th>Where</th><th>Message</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></details>`;
}

/** Code between backticks is shown as such. */
function prose(text: string): string {
  return esc(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function notJudged(unknown: readonly ScanUnknown[]): string {
  const items = [...groupBy(unknown, ({ reason }) => reason)].map(
    ([reason, all]) =>
      `<li>${esc(reason)}: ${[...new Set(all.map(({ control }) => control.id))].sort().join(', ')}</li>`,
  );
  return `<h2>Not judged, and not counted as passed</h2><ul>${items.join('\n')}</ul>`;
}

const style = `
:root{color-scheme:light dark;--line:#d4d4d8;--soft:#71717a;--critical:#991b1b;--high:#c2410c;--medium:#a16207;--low:#1d4ed8}
@media (prefers-color-scheme:dark){:root{--line:#3f3f46;--soft:#a1a1aa;--critical:#fca5a5;--high:#fdba74;--medium:#fde047;--low:#93c5fd}}
body{font:15px/1.5 system-ui,sans-serif;margin:0}main{max-width:72rem;margin:0 auto;padding:1.5rem}
h1,h2{line-height:1.2}.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere;min-width:4rem}
th{overflow-wrap:normal}th small{display:block;font-weight:400}small,.note{color:var(--soft)}
.counts{display:flex;flex-wrap:wrap;gap:1.5rem;list-style:none;padding:0}.counts b{font-size:1.6rem}
details{border:1px solid var(--line);border-radius:6px;padding:.6rem 1rem;margin:.8rem 0}summary{cursor:pointer;font-weight:600}
.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}.unknown{color:var(--soft)}
@media print{details{break-inside:avoid}}
`;
