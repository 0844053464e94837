import { describe, expect, it } from 'vitest'
import { probeTimes } from './probe-schedule.ts'

const never = Number.POSITIVE_INFINITY

describe('when a container is ready', () => {
  it.each([
    { what: 'without probes: at once', container: {}, answers: 60, up: 0, ready: 0 },
    {
      what: 'at the first probe after its program answers',
      container: { readinessProbe: { periodSeconds: 10 } },
      answers: 12,
      up: 0,
      ready: 20,
    },
    { what: 'not before the initial delay', container: { readinessProbe: { initialDelaySeconds: 30 } }, answers: 1, up: 0, ready: 30 },
    {
      what: 'after so many successes',
      container: { readinessProbe: { periodSeconds: 5, successThreshold: 3 } },
      answers: 0,
      up: 0,
      ready: 10,
    },
    {
      what: 'not before it is up',
      container: { startupProbe: { initialDelaySeconds: 40 }, readinessProbe: { periodSeconds: 15 } },
      answers: 5,
      up: 40,
      ready: 45,
    },
    {
      what: 'with a startup probe alone: when it is up',
      container: { startupProbe: { periodSeconds: 10 } },
      answers: 11,
      up: 20,
      ready: 20,
    },
    { what: 'never, when its program never answers', container: { readinessProbe: {} }, answers: never, up: 0, ready: never },
  ])('$what', ({ container, answers, up, ready }) => {
    expect(probeTimes(container, 0, answers * 1000)).toEqual({ upMs: up * 1000, readyMs: ready * 1000 })
  })
})
