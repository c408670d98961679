/** Who runs in a container's cgroup. */
export interface ContainerIdentity {
  readonly namespace: string;
  readonly pod: string;
  /** Empty where the source does not say. */
  readonly podUid: string;
  /** Of the pod's spec; of the container that holds the pod's namespaces empty, or `POD`, as its runtime says. */
  readonly container: string;
  /** What the runtime calls it: often its id. */
  readonly name: string;
  /** Empty where the source does not say. */
  readonly image: string;
  /** Whether it is the one that holds the pod's namespaces (`pause`). */
  readonly isSandbox: boolean;
}

/** A pod's namespace and name. */
export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}
