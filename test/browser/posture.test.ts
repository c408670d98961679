import { useRealSkopos } from './support/real-skopos.ts';
import { looksRight } from './support/same-for-all.ts';

/** Every control is judged. */
const skopos = useRealSkopos('posture:\n  frameworks: [NSA, AllControls]\n');

/** Pages about what is judged. */
looksRight(
  [
    { name: 'frameworks', path: 'frameworks', there: 'text=AllControls' },
    { name: 'framework', path: 'frameworks/AllControls', there: 'text=Why there are two scores' },
    { name: 'controls', path: 'controls', there: 'text=C-0057' },
    { name: 'control', path: 'controls/C-0016', there: 'text=An example that fails' },
    { name: 'verdicts', path: 'verdicts', there: '[role=grid] >> text=shop/' },
    {
      name: 'resource',
      path: 'resource?key=apps/Deployment/shop/storefront',
      there: 'text=What it hangs together with',
    },
    { name: 'attack-paths', path: 'attack-paths', there: 'text=complete' },
    { name: 'access', path: 'access', there: '[role=grid] >> text=ops/deploy-bot' },
    {
      name: 'who',
      path: 'access?verb=create&resource=pods%2Fexec&namespace=shop',
      there: 'text=Group support',
    },
    {
      name: 'subject',
      path: 'access/subject?subject=ServiceAccount%2Fops%2Fdeploy-bot',
      there: 'text=Everything in the cluster',
    },
    { name: 'exposure', path: 'exposure', there: '[role=grid] >> text=shop/storefront' },
    {
      name: 'connection',
      path: 'exposure?from=apps%2FDeployment%2Fshop%2Fstorefront&to=apps%2FDeployment%2Fshop%2Fcart',
      there: 'text=TCP 8080 open',
    },
  ],
  skopos.load,
);
