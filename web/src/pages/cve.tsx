import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { useCve } from '../api/images.ts';
import type { CveJson } from '../api/types.ts';
import { ImageFindingState } from '../components/image-finding-state.tsx';
import { Exploited, imagePath, riskText, Workloads } from '../components/image-marks.tsx';
import { Loaded } from '../components/loaded.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import './finding.css';

/** One vulnerability: where it is, since when, what fixes it, and what is said of it. */
export function Cve(): ReactElement {
  const { id = '' } = useParams();
  const query = useCve(id);
  useTitle(id);
  return (
    <div className="page">
      <Link to="/images" className="small">
        ← Images
      </Link>
      <Loaded
        query={query}
        what="load this vulnerability"
        loading={<Loading lines={10} label="Loading the vulnerability" />}
      >
        {(cve) => <Body cve={cve} />}
      </Loaded>
    </div>
  );
}

function Body({ cve }: { readonly cve: CveJson }): ReactElement {
  const { id, severity, knownExploited, aliases, description, findings } = cve;
  return (
    <>
      <header className="detail-head">
        <span className="row wraps">
          {severity !== undefined && <SeverityMark severity={severity} badge />}
          {knownExploited !== undefined && <Exploited />}
          {aliases.length > 0 && <span className="dim small">also {aliases.join(', ')}</span>}
        </span>
        <h1 className="wrap">
          <span className="mono">{id}</span>
        </h1>
        <p>{answerOf(findings)}</p>
      </header>
      <div className="detail">
        <div className="stack">
          {findings.length === 0 ? (
            <Empty title="It is in no image that counts it" />
          ) : (
            findings.map((finding) => <Where key={keyOf(finding)} finding={finding} />)
          )}
        </div>
        <div className="stack">
          {description !== '' && (
            <section className="panel stack tight">
              <h2>What it is</h2>
              <p className="small wrap">{description}</p>
            </section>
          )}
          {knownExploited !== undefined && <Kev known={knownExploited} />}
          <Elsewhere elsewhere={cve.elsewhere} />
          <About cve={cve} />
        </div>
      </div>
    </>
  );
}

/** What a registry has and nothing runs: told apart, as it harms nobody yet. */
function Elsewhere({ elsewhere }: Pick<CveJson, 'elsewhere'>): ReactElement | null {
  const { items, total } = elsewhere;
  if (total === 0) return null;
  return (
    <section className="panel stack tight">
      <h2>In registries, run by nothing</h2>
      <ul className="plain-list small">
        {items.map(({ id, image, scannedAtMs }) => (
          <li key={image} className="wrap">
            <Link to={imagePath(id)} className="mono">
              {image}
            </Link>{' '}
            <span className="dim">
              seen <Ago atMs={scannedAtMs} />
            </span>
          </li>
        ))}
        {total > items.length && <li className="dim">and {count(total - items.length)} more</li>}
      </ul>
    </section>
  );
}

type Finding = CveJson['findings'][number];

function keyOf({ repository, vulnerability, packageType, packageName }: Finding): string {
  return [repository, vulnerability, packageType, packageName].join('|');
}

/** The page's answer in a sentence. */
function answerOf(findings: readonly Finding[]): string {
  const open = findings.filter(({ status }) => status === 'new' || status === 'still');
  const fixable = open.filter(({ fixedIn }) => fixedIn !== '');
  const images = new Set(open.map(({ repository }) => repository)).size;
  const workloads = new Set(open.flatMap((one) => one.workloads.map((where) => JSON.stringify(where)))).size;
  if (open.length === 0) return 'No image in use has it, as far as they are known and it counts.';
  const mend =
    fixable.length === open.length
      ? 'All of them can be fixed.'
      : fixable.length === 0
        ? 'No version is known to fix it.'
        : `${counted(fixable.length, 'package')} of ${open.length} can be fixed.`;
  return `It is in ${counted(images, 'image')} that ${counted(workloads, 'container')} run. ${mend}`;
}

function Where({ finding }: { readonly finding: Finding }): ReactElement {
  const { repository, packageName, packageType, installed, fixedIn, status, firstSeenMs, fixedAtMs } =
    finding;
  return (
    <section className="panel stack tight" data-severity={finding.severity}>
      <header>
        <h2 className="wrap mono">{repository}</h2>
        <ImageFindingState state={status} />
      </header>
      <dl className="defs small">
        <dt>Package</dt>
        <dd>
          <span className="mono">
            {packageName} {installed}
          </span>{' '}
          <span className="dim">{packageType}</span> <SeverityMark severity={finding.severity} />
        </dd>
        <dt>What fixes it</dt>
        <dd>
          {fixedIn === '' ? (
            'No version is known to fix it'
          ) : (
            <strong>
              upgrade to <span className="mono">{fixedIn}</span>
            </strong>
          )}
        </dd>
        <dt>Since</dt>
        <dd>
          <Ago atMs={firstSeenMs} />
          {finding.isBaseline && (
            <span className="dim">, or before: it was there when Skopos began to watch</span>
          )}
        </dd>
        {fixedAtMs !== undefined && (
          <>
            <dt>Fixed</dt>
            <dd>
              <Ago atMs={fixedAtMs} />
            </dd>
          </>
        )}
        {finding.ignored !== undefined && (
          <>
            <dt>Does not count</dt>
            <dd>
              {finding.ignored.reason} <span className="dim">({finding.ignored.by})</span>,{' '}
              <Ago atMs={finding.ignored.atMs} />
            </dd>
          </>
        )}
        {finding.images.length > 0 && (
          <>
            <dt>Images</dt>
            <dd>
              {finding.images.map(({ id, names, reference, platform }) => (
                <div key={`${reference} ${platform}`}>
                  <Link
                    to={imagePath(id, `&q=${encodeURIComponent(finding.vulnerability)}`)}
                    className="mono"
                  >
                    {names[0] ?? reference}
                  </Link>
                </div>
              ))}
            </dd>
          </>
        )}
      </dl>
      {status !== 'fixed' && <Workloads workloads={finding.workloads} total={finding.workloadTotal} />}
    </section>
  );
}

function Kev({ known }: { readonly known: NonNullable<CveJson['knownExploited']> }): ReactElement {
  return (
    <section className="panel stack tight">
      <h2>Somebody exploits it</h2>
      <dl className="defs small">
        <dt>Known since</dt>
        <dd>{known.dateAdded}</dd>
        {known.dueDate !== '' && (
          <>
            <dt>To be mended by</dt>
            <dd>{known.dueDate}</dd>
          </>
        )}
        <dt>By ransomware</dt>
        <dd>{known.ransomware ? 'yes' : 'not known'}</dd>
        <dt>CISA asks</dt>
        <dd>{known.requiredAction}</dd>
      </dl>
    </section>
  );
}

function About({ cve }: { readonly cve: CveJson }): ReactElement {
  const { epss, cvss, risk, publishedAtMs, modifiedAtMs, records, urls } = cve;
  return (
    <section className="panel stack tight">
      <h2>About</h2>
      <dl className="defs small">
        <dt>Risk</dt>
        <dd>{riskText(risk)} of 100</dd>
        {epss !== undefined && (
          <>
            <dt>EPSS</dt>
            <dd>
              {(epss.probability * 100).toFixed(2)} % within 30 days, more than{' '}
              {(epss.percentile * 100).toFixed(1)} % of all
            </dd>
          </>
        )}
        {cvss.map((one) => (
          <Score key={`${one.source} ${one.vector}`} one={one} />
        ))}
        {publishedAtMs !== undefined && (
          <>
            <dt>Published</dt>
            <dd>
              <Ago atMs={publishedAtMs} />
            </dd>
          </>
        )}
        {modifiedAtMs !== undefined && (
          <>
            <dt>Changed</dt>
            <dd>
              <Ago atMs={modifiedAtMs} />
            </dd>
          </>
        )}
        {records.length > 0 && (
          <>
            <dt>Records</dt>
            <dd>
              {records.map((record) => (
                <div key={record} className="mono">
                  {record}
                </div>
              ))}
            </dd>
          </>
        )}
        {urls.length > 0 && (
          <>
            <dt>See</dt>
            <dd>
              {urls.slice(0, 8).map((url) => (
                <Reference key={url} url={url} />
              ))}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Score({ one }: { readonly one: CveJson['cvss'][number] }): ReactElement {
  return (
    <>
      <dt>CVSS {one.version}</dt>
      <dd>
        {one.score} <span className="mono dim">{one.vector}</span>{' '}
        {one.source !== '' && <span className="dim">{one.source}</span>}
      </dd>
    </>
  );
}

/** The data is others': only what is plainly a page becomes a link. */
function Reference({ url }: { readonly url: string }): ReactElement {
  if (!/^https?:\/\//i.test(url)) return <div className="mono">{url}</div>;
  return (
    <div>
      <a href={url} target="_blank" rel="noreferrer noopener">
        {url}
      </a>
    </div>
  );
}
