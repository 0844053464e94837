/** What proves to the API server who is asking. Never logged: the values are secrets. */
export interface Credentials {
  /** `Authorization` and `Impersonate-*`. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** PEM of the client certificate and its key; both or none. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string }
  /** PEM of the authorities that may sign the server's certificate; absent means those of the machine. */
  readonly ca?: string
}

/** Through what the API server is reached. */
export type ProxyRoute = { readonly kind: 'None' } | { readonly kind: 'Http' | 'Socks5'; readonly url: string }

/** Where an API server is and how to be let in: all that a transport needs. */
export interface ClusterAccess {
  /** `https://host:port/prefix`, without a slash at the end. */
  readonly server: string
  /** The address is that of the `kubernetes` Service, behind which all API servers are. */
  readonly inCluster?: true
  /** For messages: `context "prod" of /home/me/.kube/config`, or `the pod's service account`. */
  readonly source: string
  /** Namespace of the context or of the pod; `default` when neither says. */
  readonly namespace: string
  /** Name in the server's certificate when it is not the host of `server`. */
  readonly tlsServerName?: string
  /** `Skip` only when the kubeconfig says `insecure-skip-tls-verify: true`. */
  readonly tlsVerify: 'Verify' | 'Skip'
  readonly proxy: ProxyRoute
  /** Current credentials: cached, renewed when a file or an exec plugin has newer ones. Throws FK_KUBECONFIG or FK_EXEC_PLUGIN. */
  credentials(): Promise<Credentials>
  /** Called after a 401: loads afresh unless somebody has done so since `rejected` was handed out. */
  renew(rejected: Credentials): Promise<Credentials>
}
