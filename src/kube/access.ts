/** What proves who we are, for one request. */
export interface Credentials {
  /** The whole header. */
  readonly authorization?: string;
  /** PEM. */
  readonly certificate?: string;
  readonly key?: string;
}

/** How to reach an API server, and as whom. Holds secrets: never log it whole. */
export interface KubeAccess {
  /** For people: the context's name, or `in-cluster`. */
  readonly name: string;
  /** Base address without a slash at the end. */
  readonly server: string;
  readonly tls: {
    /** PEM; the system's authorities when absent. */
    readonly ca?: string;
    readonly serverName?: string;
    readonly insecure: boolean;
  };
  /** May read a file or run a program; called before each request. `renew` asks for fresh ones, after a 401. */
  credentials(renew?: boolean): Promise<Credentials>;
}
