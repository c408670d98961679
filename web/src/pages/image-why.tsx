import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { ImageDetailJson, ImageVulnerabilityJson } from '../api/types.ts';
import { cvePath, Exploited, riskText } from '../components/image-marks.tsx';
import { SeverityMark } from '../components/severity.tsx';

const fixWords: Readonly<Record<string, string>> = {
  fixed: 'fixed',
  'not-fixed': 'no fix yet',
  'wont-fix': 'will not be fixed',
  unknown: 'no fix known',
};

/** What to upgrade to, or that there is nothing. */
export function fixText({ fix: { state, versions } }: ImageVulnerabilityJson): string {
  return state === 'fixed' && versions.length > 0
    ? `upgrade to ${versions.join(' or ')}`
    : (fixWords[state] ?? state);
}

const kinds: Readonly<Record<string, string>> = {
  'exact-direct-match': 'by the name of the package',
  'exact-indirect-match': 'by what the package was built from',
  'cpe-match': 'by CPE, which may be another product of the same name',
};

/** Why one vulnerability is said to be in the image, and what mends it. */
export function WhyPanel({
  one,
  layers,
  onClose,
}: {
  readonly one: ImageVulnerabilityJson;
  readonly layers: ImageDetailJson['layers'];
  readonly onClose: () => void;
}): ReactElement {
  const { package: found, reasons, ignored, epss } = one;
  return (
    <section
      className="panel stack tight why"
      data-severity={one.severity}
      aria-label={`Why ${one.id} is here`}
    >
      <header>
        <span className="row wraps">
          <SeverityMark severity={one.severity} badge />
          <h2>
            <Link to={cvePath(one.id)} className="mono">
              {one.id}
            </Link>
          </h2>
          {one.knownExploited && <Exploited />}
        </span>
        <Button size="compact-xs" variant="default" onClick={onClose}>
          Close
        </Button>
      </header>
      {ignored !== undefined && (
        <p className="wrap">
          It does not count: {ignored.reason} <span className="dim">({ignored.by})</span>
        </p>
      )}
      <dl className="defs small">
        <dt>Package</dt>
        <dd>
          <span className="mono">
            {found.name} {found.version}
          </span>{' '}
          <span className="dim">{found.type}</span>
        </dd>
        <dt>What to do</dt>
        <dd>
          <strong>{fixText(one)}</strong>
        </dd>
        <dt>Risk</dt>
        <dd>
          {riskText(one.risk)} of 100
          {epss !== undefined && `; exploited within 30 days with ${(epss * 100).toFixed(2)} %`}
        </dd>
        {one.aliases.length > 0 && (
          <>
            <dt>Also</dt>
            <dd>{one.aliases.join(', ')}</dd>
          </>
        )}
        <dt>Record</dt>
        <dd className="mono">{one.namespace}</dd>
        {one.layers.length > 0 && (
          <>
            <dt>Brought by</dt>
            <dd>
              {one.layers.map((layer) => (
                <div key={layer}>
                  layer {layer + 1} of {layers.length}{' '}
                  <span className="mono dim">{layers[layer]?.digest.slice(0, 19)}…</span>
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
      <h3 className="small">Why it is said to be here</h3>
      {reasons.length === 0 ? (
        <p className="dim small">There is no vulnerability data now that could say so.</p>
      ) : (
        <ul className="plain-list small">
          {reasons.map((reason) => (
            <li key={JSON.stringify(reason)} className="wrap">
              <span className="mono">{reason.searchedFor}</span> was looked for{' '}
              {kinds[reason.kind] ?? reason.kind} <span className="dim">({reason.matcher})</span>. Affected is{' '}
              <span className="mono">{reason.constraint === '' ? 'every version' : reason.constraint}</span>,
              by the order of <span className="mono">{reason.comparator}</span>.
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
