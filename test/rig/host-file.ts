/** A file of a host: path, content, and mode 0644 unless told. */
export interface HostFile {
  readonly path: string
  readonly content: string
  readonly mode?: number
}
