/** What one step of a case has shown of a server. */
export interface TranscriptEntry {
  /** `POST /api/v1/namespaces/NS/pods` */
  readonly step: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** What did not come, and until when it was waited for. */
  readonly missed?: string
}

export type Transcript = readonly TranscriptEntry[]
