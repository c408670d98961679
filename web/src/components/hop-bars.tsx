import type { ReactElement } from 'react';
import type { DrillJson } from '../api/types.ts';
import { duration } from '../format/time.ts';
import { stationLabel } from './ledger.tsx';
import { StateMark } from './severity.tsx';
import './hop-bars.css';

/** Each hop of a drill as a bar from the hop before to its own time, and the place where it stopped. */
export function HopBars({ drill }: { readonly drill: DrillJson }): ReactElement {
  const total = Math.max(1, ...drill.hops.map(({ afterMs }) => afterMs ?? 0));
  const stop = drill.state === 'stopped' ? drill.hops.findIndex(({ afterMs }) => afterMs === undefined) : -1;
  let before = 0;
  return (
    <ol className="hopbars">
      {drill.hops.map(({ hop, afterMs, note }, index) => {
        const from = before;
        before = afterMs ?? before;
        return (
          <li
            key={hop}
            data-missed={afterMs === undefined || undefined}
            data-stop={index === stop || undefined}
          >
            <span>{stationLabel(hop)}</span>
            <span className="track">
              {afterMs !== undefined && (
                <span
                  style={{
                    left: `${(from / total) * 100}%`,
                    width: `${((afterMs - from) / total) * 100}%`,
                  }}
                />
              )}
            </span>
            <span className="small nowrap">
              {afterMs !== undefined ? (
                duration(afterMs)
              ) : index === stop ? (
                <StateMark tone="bad" label="stopped" />
              ) : (
                <span className="dim">{drill.state === 'running' ? 'waiting' : 'not reached'}</span>
              )}
            </span>
            <span className="small dim wrap">{note}</span>
          </li>
        );
      })}
    </ol>
  );
}
