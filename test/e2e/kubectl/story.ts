import type { Session } from './session.ts'

/** Which server a story is told to, and by which kubectl; both are minors of Kubernetes 1. */
export interface Telling {
  readonly server: number
  readonly client: number
}

/** Commands that belong together, told to a server in a namespace of their own. */
export interface Story {
  readonly title: string
  /** `Alone`: it is about nodes, and what else goes on would be seen. */
  readonly beside?: 'Alone'
  run(session: Session, telling: Telling): Promise<void>
}
