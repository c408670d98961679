import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router';
import { sbomUrl, useImage } from '../api/images.ts';
import type { ImageDetailJson } from '../api/types.ts';
import {
  Exploited,
  ImageStateMark,
  isJudged,
  ScanProgress,
  VulnerabilityCounts,
  Workloads,
} from '../components/image-marks.tsx';
import { Loaded } from '../components/loaded.tsx';
import { ScanImage } from '../components/scan-image.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { bytes } from '../format/bytes.ts';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { ImagePackages } from './image-packages.tsx';
import { ImageVulnerabilities } from './image-vulnerabilities.tsx';
import './finding.css';

/** One image: what is wrong with it, why that is said, what it is made of, and who runs it. */
export function Image(): ReactElement {
  const url = useUrlState();
  const id = url.get('id');
  const query = useImage(id);
  useTitle(nameOf(query.data) ?? 'Image');
  return (
    <div className="page">
      <Link to="/images" className="small">
        ← Images
      </Link>
      <Loaded query={query} what="load this image" loading={<Loading lines={10} label="Loading the image" />}>
        {(image) => <Body image={image} />}
      </Loaded>
    </div>
  );
}

function nameOf(image: ImageDetailJson | undefined): string | undefined {
  return image?.uses[0]?.names[0] ?? image?.registries[0]?.image ?? image?.digest ?? image?.id;
}

function Body({ image }: { readonly image: ImageDetailJson }): ReactElement {
  const { uses, state, hasSbom } = image;
  const progress = uses.find((use) => use.progress !== undefined)?.progress;
  const exploited = image.vulnerabilities.some(({ knownExploited }) => knownExploited);
  return (
    <>
      <header className="detail-head">
        <span className="row wraps">
          <ImageStateMark state={progress === undefined ? state : 'scanning'} />
          {exploited && <Exploited />}
          {image.distribution !== '' && <span className="dim small">{image.distribution}</span>}
          <span className="dim small">{image.platform}</span>
        </span>
        <h1 className="wrap">
          <span className="mono">{nameOf(image)}</span>
        </h1>
        <span className="row wraps">
          {uses.length === 0 && image.registries.length > 0 && (
            <span className="small">Runs nowhere: it was found in a registry</span>
          )}
          <ScanImage image={uses[0]?.reference ?? image.registries[0]?.image ?? image.id} />
          {hasSbom &&
            (['cyclonedx', 'spdx'] as const).map((format) => (
              <Button
                key={format}
                component="a"
                href={sbomUrl(image.id, format)}
                download
                size="xs"
                variant="default"
                leftSection={<IconDownload size={15} aria-hidden />}
              >
                {format === 'spdx' ? 'SPDX' : 'CycloneDX'}
              </Button>
            ))}
        </span>
      </header>
      {progress !== undefined && (
        <section className="panel">
          <ScanProgress progress={progress} />
        </section>
      )}
      <Reasons image={image} />
      <div className="detail">
        <Main image={image} />
        <Side image={image} />
      </div>
    </>
  );
}

const titles: Readonly<Record<string, string>> = {
  waiting: 'It has not been looked at yet',
  partial: 'Not all of it could be judged: there may be more than this',
  unknown: 'Nothing can be said of it: that none are listed does not mean that there are none',
};

/** What is missing of the result, said before the result. */
function Reasons({ image: { state, reasons } }: { readonly image: ImageDetailJson }): ReactElement | null {
  const title = titles[state];
  if (state === 'scanning' || (title === undefined && reasons.length === 0)) return null;
  return (
    <section className="panel stack tight" aria-label="What is not known">
      <h2>{title ?? 'It could not be looked at again'}</h2>
      {reasons.length > 0 && (
        <ul className="reason-list small">
          {reasons.map((reason) => (
            <li key={reason} className="wrap">
              {reason}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Main({ image }: { readonly image: ImageDetailJson }): ReactElement {
  const url = useUrlState();
  const view = url.get('view') || 'vulnerabilities';
  const { vulnerabilities, ignored, packages, layers, hasSbom } = image;
  // A number that nobody knows is none: not 0.
  const known = (isKnown: boolean, of: number): string => (isKnown ? ` ${count(of)}` : '');
  const isMatched = isJudged(image);
  const choices = [
    { value: 'vulnerabilities', label: `Vulnerabilities${known(isMatched, vulnerabilities.length)}` },
    { value: 'ignored', label: `Ignored${known(isMatched, ignored.length)}` },
    { value: 'packages', label: `Packages${known(hasSbom, packages)}` },
    { value: 'layers', label: `Layers${known(hasSbom, layers.length)}` },
  ];
  return (
    <div className="stack">
      <div className="filters">
        <Segments
          label="View"
          choices={choices}
          value={view}
          onChange={(value) =>
            url.set({ view: value === 'vulnerabilities' ? '' : value, v: '', layer: '', q: '' })
          }
        />
      </div>
      {!hasSbom && view !== 'vulnerabilities' && view !== 'ignored' ? (
        <Empty title="What it is made of is not known yet" />
      ) : (
        <View image={image} view={view} />
      )}
    </div>
  );
}

function View({ image, view }: { readonly image: ImageDetailJson; readonly view: string }): ReactElement {
  if (view === 'packages') return <ImagePackages image={image} />;
  if (view === 'layers') return <Layers image={image} />;
  const isIgnored = view === 'ignored';
  return (
    <ImageVulnerabilities
      key={view}
      image={image}
      all={isIgnored ? image.ignored : image.vulnerabilities}
      isIgnored={isIgnored}
    />
  );
}

function Layers({ image: { id, layers } }: { readonly image: ImageDetailJson }): ReactElement {
  if (layers.length === 0)
    return (
      <Empty title="It has no layers">
        <p>It is a folder or an SBOM, or it was made of nothing.</p>
      </Empty>
    );
  return (
    <section className="panel stack tight">
      <h2>What each layer brought, the lowest first</h2>
      <ol className="layer-rows">
        {layers.map((layer, index) => (
          <li key={layer.digest}>
            <span className="dim">{index + 1}</span>
            <span className="mono small clip" title={layer.digest}>
              {layer.digest}
            </span>
            <span>
              {layer.packages === 0 ? (
                <span className="dim small">no packages</span>
              ) : (
                <Link to={`/image?id=${encodeURIComponent(id)}&view=packages&layer=${index}`}>
                  {counted(layer.packages, 'package')}
                </Link>
              )}
            </span>
            <span>{layer.packages > 0 && <VulnerabilityCounts counts={layer.vulnerabilities} />}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Side({ image }: { readonly image: ImageDetailJson }): ReactElement {
  const workloads = image.uses.flatMap((use) => use.workloads);
  const { digest, imageId, sizeBytes, builtAtMs, catalogedAtMs, matchedAtMs, uses } = image;
  const names = [...new Set(uses.flatMap((use) => [...use.names, use.reference]))];
  return (
    <div className="stack">
      <section className="panel stack tight">
        <h2>Who runs it</h2>
        <Workloads workloads={workloads.slice(0, mostShown)} total={workloads.length} />
      </section>
      <InRegistries registries={image.registries} />
      <section className="panel stack tight">
        <h2>About</h2>
        <dl className="defs small">
          <Fact name="Names">
            {names.map((name) => (
              <div key={name} className="mono">
                {name}
              </div>
            ))}
          </Fact>
          {digest !== undefined && (
            <Fact name="Digest">
              <span className="mono">{digest}</span>
            </Fact>
          )}
          {imageId !== '' && (
            <Fact name="Image id">
              <span className="mono">{imageId}</span>
            </Fact>
          )}
          {sizeBytes > 0 && <Fact name="Size">{bytes(sizeBytes)}, compressed</Fact>}
          {builtAtMs !== undefined && (
            <Fact name="Built">
              <Ago atMs={builtAtMs} />
            </Fact>
          )}
          {catalogedAtMs !== undefined && (
            <Fact name="Read">
              <Ago atMs={catalogedAtMs} />
            </Fact>
          )}
          {matchedAtMs !== undefined && (
            <Fact name="Matched">
              <Ago atMs={matchedAtMs} />
            </Fact>
          )}
        </dl>
      </section>
    </div>
  );
}

const mostShown = 50;

/** Names by which looks through registries found it. */
function InRegistries({ registries }: Pick<ImageDetailJson, 'registries'>): ReactElement | null {
  if (registries.length === 0) return null;
  return (
    <section className="panel stack tight">
      <h2>In registries</h2>
      <ul className="plain-list small">
        {registries.slice(0, mostShown).map(({ image, job, schedule, scannedAtMs }) => (
          <li key={image} className="wrap">
            <span className="mono">{image}</span>{' '}
            <span className="dim">
              seen <Ago atMs={scannedAtMs} /> by{' '}
              <Link to={`/jobs/${encodeURIComponent(job)}`}>{schedule || 'a scan'}</Link>
            </span>
          </li>
        ))}
        {registries.length > mostShown && <li className="dim">and more</li>}
      </ul>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
