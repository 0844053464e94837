/** One of the two servers that are compared. */
export interface Side {
  readonly title: 'real' | 'twin'
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>
  /** PEM; without it the server's certificate is not checked. */
  readonly ca?: string
  /** PEM of a client certificate. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string }
  /** Path of a kubeconfig for kubectl. */
  readonly kubeconfig: string
  close(): Promise<void>
}
