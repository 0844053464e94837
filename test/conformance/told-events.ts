import type { SomeObject } from './answer.ts'
import type { Steps } from './steps.ts'

type Event = { type: string; reason: string; message: string; involvedObject: { kind: string; name: string } }

/** A real controller that has not heard yet of the pod it has made makes it again, which is refused in these words as the pod has a generateName too. That depends on chance; those of the twin hear at once. */
const madeTwice = 'could not be completed at this time, please try again.'

/** What is told of a kind, each once and in no order: events come when their recorders have the time for it. */
export function toldOf(c: Steps, kind: string, count: number) {
  const told = ({ items }: SomeObject) => {
    const own = (items as unknown as readonly Event[]).filter(
      ({ involvedObject, message }) => involvedObject.kind === kind && !(c.isReal && message.endsWith(madeTwice)),
    )
    const lines = own.map(({ type, reason, message }) => `${type} ${reason}: ${message.replaceAll(/-[a-z0-9]{5}\b/g, '-<id>')}`)
    return [...new Set(lines)].sort()
  }
  return c.until('events', (list) => told(list).length >= count, { pick: told })
}
