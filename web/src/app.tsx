import { lazy, type ReactElement } from 'react';
import { Route, Routes } from 'react-router';
import { Shell } from './components/shell.tsx';
import { NotFound } from './pages/not-found.tsx';
import { Overview } from './pages/overview.tsx';

const Findings = lazy(() => import('./pages/findings.tsx').then(({ Findings: page }) => ({ default: page })));
const Finding = lazy(() => import('./pages/finding.tsx').then(({ Finding: page }) => ({ default: page })));
const Frameworks = lazy(() =>
  import('./pages/frameworks.tsx').then(({ Frameworks: page }) => ({ default: page })),
);
const Framework = lazy(() =>
  import('./pages/framework.tsx').then(({ Framework: page }) => ({ default: page })),
);
const Controls = lazy(() => import('./pages/controls.tsx').then(({ Controls: page }) => ({ default: page })));
const Control = lazy(() => import('./pages/control.tsx').then(({ Control: page }) => ({ default: page })));
const ClusterMap = lazy(() =>
  import('./pages/cluster-map.tsx').then(({ ClusterMap: page }) => ({ default: page })),
);
const Live = lazy(() => import('./pages/live.tsx').then(({ Live: page }) => ({ default: page })));
const Verdicts = lazy(() => import('./pages/verdicts.tsx').then(({ Verdicts: page }) => ({ default: page })));
const Resource = lazy(() => import('./pages/resource.tsx').then(({ Resource: page }) => ({ default: page })));
const Nodes = lazy(() => import('./pages/nodes.tsx').then(({ Nodes: page }) => ({ default: page })));
const Node = lazy(() => import('./pages/node.tsx').then(({ Node: page }) => ({ default: page })));
const Admission = lazy(() =>
  import('./pages/admission.tsx').then(({ Admission: page }) => ({ default: page })),
);
const AttackPaths = lazy(() =>
  import('./pages/attack-paths.tsx').then(({ AttackPaths: page }) => ({ default: page })),
);
const Access = lazy(() => import('./pages/access.tsx').then(({ Access: page }) => ({ default: page })));
const Subject = lazy(() => import('./pages/subject.tsx').then(({ Subject: page }) => ({ default: page })));
const Exposure = lazy(() => import('./pages/exposure.tsx').then(({ Exposure: page }) => ({ default: page })));
const Alerts = lazy(() => import('./pages/alerts.tsx').then(({ Alerts: page }) => ({ default: page })));
const Alert = lazy(() => import('./pages/alert.tsx').then(({ Alert: page }) => ({ default: page })));
const Suppressions = lazy(() =>
  import('./pages/suppressions.tsx').then(({ Suppressions: page }) => ({ default: page })),
);
const SilencesAddress = lazy(() =>
  import('./pages/suppressions.tsx').then(({ SilencesAddress: page }) => ({ default: page })),
);
const Exception = lazy(() =>
  import('./pages/exception.tsx').then(({ Exception: page }) => ({ default: page })),
);
const Silence = lazy(() => import('./pages/silence.tsx').then(({ Silence: page }) => ({ default: page })));
const RouteTree = lazy(() => import('./pages/routes.tsx').then(({ RouteTree: page }) => ({ default: page })));
const Notifications = lazy(() =>
  import('./pages/notifications.tsx').then(({ Notifications: page }) => ({ default: page })),
);
const Receivers = lazy(() =>
  import('./pages/receivers.tsx').then(({ Receivers: page }) => ({ default: page })),
);
const Inbox = lazy(() => import('./pages/inbox.tsx').then(({ Inbox: page }) => ({ default: page })));
const Drills = lazy(() => import('./pages/drills.tsx').then(({ Drills: page }) => ({ default: page })));
const Jobs = lazy(() => import('./pages/jobs.tsx').then(({ Jobs: page }) => ({ default: page })));
const Job = lazy(() => import('./pages/job.tsx').then(({ Job: page }) => ({ default: page })));
const Schedules = lazy(() =>
  import('./pages/schedules.tsx').then(({ Schedules: page }) => ({ default: page })),
);
const Ledger = lazy(() => import('./pages/ledger.tsx').then(({ Ledger: page }) => ({ default: page })));
const RemoteWrite = lazy(() =>
  import('./pages/remote-write.tsx').then(({ RemoteWritePage: page }) => ({ default: page })),
);
const Pushed = lazy(() => import('./pages/pushed.tsx').then(({ Pushed: page }) => ({ default: page })));
const PushedGroup = lazy(() =>
  import('./pages/pushed-group.tsx').then(({ PushedGroup: page }) => ({ default: page })),
);
const Targets = lazy(() =>
  import('./pages/targets.tsx').then(({ TargetsPage: page }) => ({ default: page })),
);
const TargetPage = lazy(() =>
  import('./pages/target.tsx').then(({ TargetPage: page }) => ({ default: page })),
);
const ServiceDiscovery = lazy(() =>
  import('./pages/service-discovery.tsx').then(({ ServiceDiscovery: page }) => ({ default: page })),
);
const Monitors = lazy(() => import('./pages/monitors.tsx').then(({ Monitors: page }) => ({ default: page })));
const Monitor = lazy(() => import('./pages/monitor.tsx').then(({ Monitor: page }) => ({ default: page })));
const Backtest = lazy(() => import('./pages/backtest.tsx').then(({ Backtest: page }) => ({ default: page })));
const Rules = lazy(() => import('./pages/rules.tsx').then(({ Rules: page }) => ({ default: page })));
const Configuration = lazy(() =>
  import('./pages/configuration.tsx').then(({ Configuration: page }) => ({ default: page })),
);
const StorePage = lazy(() => import('./pages/store.tsx').then(({ StorePage: page }) => ({ default: page })));
const Doctor = lazy(() => import('./pages/doctor.tsx').then(({ Doctor: page }) => ({ default: page })));
const Status = lazy(() => import('./pages/status.tsx').then(({ Status: page }) => ({ default: page })));
const Flags = lazy(() => import('./pages/flags.tsx').then(({ Flags: page }) => ({ default: page })));
const Images = lazy(() => import('./pages/images.tsx').then(({ Images: page }) => ({ default: page })));
const Image = lazy(() => import('./pages/image.tsx').then(({ Image: page }) => ({ default: page })));
const Registries = lazy(() =>
  import('./pages/registries.tsx').then(({ Registries: page }) => ({ default: page })),
);
const ImageNews = lazy(() =>
  import('./pages/image-news.tsx').then(({ ImageNews: page }) => ({ default: page })),
);
const Cve = lazy(() => import('./pages/cve.tsx').then(({ Cve: page }) => ({ default: page })));
const Dashboards = lazy(() =>
  import('./pages/dashboards.tsx').then(({ Dashboards: page }) => ({ default: page })),
);
const DashboardPage = lazy(() =>
  import('./pages/dashboard.tsx').then(({ DashboardPage: page }) => ({ default: page })),
);
const Query = lazy(() => import('./pages/query.tsx').then(({ Query: page }) => ({ default: page })));

/** The map of the pages. The server answers the same addresses with index.html. */
export function App(): ReactElement {
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<Overview />} />
        <Route path="findings" element={<Findings />} />
        <Route path="findings/:id" element={<Finding />} />
        <Route path="frameworks" element={<Frameworks />} />
        <Route path="frameworks/:name" element={<Framework />} />
        <Route path="controls" element={<Controls />} />
        <Route path="controls/:id" element={<Control />} />
        <Route path="verdicts" element={<Verdicts />} />
        <Route path="cluster-map" element={<ClusterMap />} />
        <Route path="live" element={<Live />} />
        <Route path="resource" element={<Resource />} />
        <Route path="nodes" element={<Nodes />} />
        <Route path="nodes/:name" element={<Node />} />
        <Route path="admission" element={<Admission />} />
        <Route path="attack-paths" element={<AttackPaths />} />
        <Route path="access" element={<Access />} />
        <Route path="access/subject" element={<Subject />} />
        <Route path="exposure" element={<Exposure />} />
        <Route path="images" element={<Images />} />
        <Route path="images/news" element={<ImageNews />} />
        <Route path="images/registries" element={<Registries />} />
        <Route path="image" element={<Image />} />
        <Route path="cves/:id" element={<Cve />} />
        <Route path="alerts" element={<Alerts />} />
        <Route path="alerts/:fingerprint" element={<Alert />} />
        <Route path="suppressions" element={<Suppressions />} />
        <Route path="exceptions/:id" element={<Exception />} />
        <Route path="silences" element={<SilencesAddress />} />
        <Route path="silences/:id" element={<Silence />} />
        <Route path="routes" element={<RouteTree />} />
        <Route path="notifications" element={<Notifications />} />
        <Route path="receivers" element={<Receivers />} />
        <Route path="inbox" element={<Inbox />} />
        <Route path="inbox/:id" element={<Inbox />} />
        <Route path="drills" element={<Drills />} />
        <Route path="drills/:id" element={<Drills />} />
        <Route path="jobs" element={<Jobs />} />
        <Route path="jobs/:id" element={<Job />} />
        <Route path="schedules" element={<Schedules />} />
        <Route path="ledger" element={<Ledger />} />
        <Route path="dashboards" element={<Dashboards />} />
        <Route path="dashboards/:uid" element={<DashboardPage />} />
        <Route path="query" element={<Query />} />
        <Route path="targets" element={<Targets />} />
        <Route path="remote-write" element={<RemoteWrite />} />
        <Route path="pushed" element={<Pushed />} />
        <Route path="pushed/group" element={<PushedGroup />} />
        <Route path="target" element={<TargetPage />} />
        <Route path="service-discovery" element={<ServiceDiscovery />} />
        <Route path="monitors" element={<Monitors />} />
        <Route path="monitors/:kind/:namespace/:name" element={<Monitor />} />
        <Route path="rules" element={<Rules />} />
        <Route path="backtest" element={<Backtest />} />
        <Route path="configuration" element={<Configuration />} />
        <Route path="store" element={<StorePage />} />
        <Route path="doctor" element={<Doctor />} />
        <Route path="status" element={<Status />} />
        <Route path="flags" element={<Flags />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
