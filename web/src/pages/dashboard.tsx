import { type ReactElement, useMemo } from 'react';
import { useParams } from 'react-router';
import { readDashboard } from '../../../src/dashboards/read-dashboard.ts';
import { type DashboardJson, useDashboard } from '../api/dashboards.ts';
import { Loaded } from '../components/loaded.tsx';
import { Failure, Loading } from '../components/states.tsx';
import { useTitle } from '../hooks/use-title.ts';
import { Board } from './dashboard/board.tsx';
import './dashboard/dashboard.css';

/** One dashboard, drawn from Grafana's JSON. The address holds the range, the variables and the panel that is shown alone. */
export function DashboardPage(): ReactElement {
  const { uid = '' } = useParams();
  const query = useDashboard(uid);
  useTitle(query.data?.title ?? 'Dashboard');
  return (
    <Loaded
      query={query}
      what="load this dashboard"
      loading={
        <div className="page">
          <Loading lines={10} label="Loading the dashboard" />
        </div>
      }
    >
      {(data) => <Read key={data.uid} json={data.dashboard} />}
    </Loaded>
  );
}

function Read({ json }: { readonly json: DashboardJson['dashboard'] }): ReactElement {
  const read = useMemo(() => {
    try {
      return { dashboard: readDashboard(json) };
    } catch (error) {
      return { error };
    }
  }, [json]);
  if (read.dashboard === undefined)
    return (
      <div className="page">
        <Failure what="read this dashboard" error={read.error} />
      </div>
    );
  return <Board dashboard={read.dashboard} />;
}
