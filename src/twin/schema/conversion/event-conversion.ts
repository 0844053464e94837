import { inverse, type KindConversion, renameFields } from './kind-conversion.ts'

const storedNames = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
}
const servedNames = inverse(storedNames)

/** Events of `events.k8s.io`, which core keeps. Source: Kubernetes API reference, Event v1 events.k8s.io. */
export const groupedEvent: KindConversion = {
  toStored: (event) => renameFields(event, storedNames),
  toServed: (event) => renameFields(event, servedNames),
}
