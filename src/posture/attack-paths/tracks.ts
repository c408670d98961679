/** One step of an attack, and what can follow it. */
export interface TrackStep {
  readonly name: string;
  /** What the attacker can do here, in our words. */
  readonly what: string;
  /** Any of them failing leaves the step open. */
  readonly controls: readonly string[];
  /** The step needs more than the controls can tell; this says what. It is unknown until that is told. */
  readonly needs?: string;
  readonly next?: readonly TrackStep[];
}

/** A way into the cluster, from its first step to what it is worth taking for. */
export interface AttackTrack {
  /** Kubescape's name. */
  readonly name: string;
  /** In our words, for people. */
  readonly title: string;
  /** What people have to know of its results. */
  readonly note?: string;
  /** What is lost at its end, from 1: decides which path is the worse one. */
  readonly gravity: number;
  readonly step: TrackStep;
}

/**
 * The five ways into a cluster that Kubescape knows: names, steps and which control stands for which step.
 *
 * Source: https://github.com/kubescape/regolibrary/tree/master/attack-tracks
 */
export const attackTracks: readonly AttackTrack[] = [
  {
    name: 'workload-external-track',
    title: 'From the internet through a vulnerable image',
    gravity: 4,
    step: {
      name: 'Initial Access',
      what: 'The workload can be reached from outside of the cluster.',
      controls: ['C-0256', 'C-0266'],
      next: [
        {
          name: 'Execution (Vulnerable Image)',
          what: 'A known hole in the image lets the attacker run code of their own.',
          controls: [],
          needs: 'the vulnerabilities of its images have to be known',
          next: [
            {
              name: 'Data Collection',
              what: 'Files and volumes that the workload mounts can be read.',
              controls: ['C-0257', 'C-0258'],
            },
            {
              name: 'Secret Access',
              what: 'Secrets that the workload can read are in reach.',
              controls: ['C-0255'],
            },
            {
              name: 'Credential access',
              what: 'Credentials and tokens lie where the workload can pick them up.',
              controls: ['C-0259', 'C-0261'],
            },
            {
              name: 'Privilege Escalation (Node)',
              what: 'The container is not kept from the node that it runs on.',
              controls: ['C-0045', 'C-0046', 'C-0048', 'C-0211'],
            },
            {
              name: 'Persistence',
              what: 'What the attacker writes into the container stays there.',
              controls: ['C-0017'],
            },
            {
              name: 'Lateral Movement (Network)',
              what: 'Nothing keeps the attacker from other workloads on the network.',
              controls: ['C-0041', 'C-0260'],
            },
          ],
        },
      ],
    },
  },
  {
    name: 'external-workload-with-cluster-takeover-roles',
    title: 'From the internet to the whole cluster',
    gravity: 5,
    step: {
      name: 'Initial Access',
      what: 'The workload can be reached from outside of the cluster.',
      controls: ['C-0256', 'C-0266'],
      next: [
        {
          name: 'Cluster Access',
          what: 'Its service account may do so much that the whole cluster falls with it.',
          controls: ['C-0267'],
        },
      ],
    },
  },
  {
    name: 'external-database-without-authentication',
    title: 'From the internet into an open database',
    note: 'No control asks yet whether a database needs a password, so no workload can complete it.',
    gravity: 3,
    step: {
      name: 'Initial Access',
      what: 'The workload can be reached from outside of the cluster.',
      controls: ['C-0256'],
      next: [
        {
          name: 'Unauthenticated Access',
          what: 'Whoever reaches it needs no password.',
          controls: [],
        },
      ],
    },
  },
  {
    name: 'workload-unauthenticated-service',
    title: 'From the internet into a service without authentication',
    gravity: 3,
    step: {
      name: 'Initial Access',
      what: 'The workload can be reached from outside of the cluster.',
      controls: ['C-0256', 'C-0266'],
      next: [
        {
          name: 'Execution',
          what: 'The service obeys whoever can reach it, for it asks for no authentication.',
          controls: ['C-0274'],
        },
      ],
    },
  },
  {
    name: 'service-destruction',
    title: 'From the internet to an outage',
    gravity: 2,
    step: {
      name: 'Initial Access',
      what: 'The workload can be reached from outside of the cluster.',
      controls: ['C-0256', 'C-0266'],
      next: [
        {
          name: 'Denial of service',
          what: 'Without limits on what it uses, the workload can be made to starve itself or its neighbours.',
          controls: ['C-0270', 'C-0271'],
        },
      ],
    },
  },
];
