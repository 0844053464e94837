import { expect, it } from 'vitest'
import { isPodFinished, isPodReady } from './pod-state.ts'

it.each([
  { phase: 'Pending', finished: false },
  { phase: 'Running', finished: false },
  { phase: 'Unknown', finished: false },
  { phase: 'Succeeded', finished: true },
  { phase: 'Failed', finished: true },
])('a pod that is $phase has finished: $finished', ({ phase, finished }) => expect(isPodFinished({ phase })).toBe(finished))

it.each([
  { state: undefined, ready: false },
  { state: {}, ready: false },
  { state: { conditions: null }, ready: false },
  { state: { conditions: [{ type: 'Ready', status: 'False' }] }, ready: false },
  { state: { conditions: [{ type: 'ContainersReady', status: 'True' }] }, ready: false },
  {
    state: {
      conditions: [
        { type: 'Initialized', status: 'True' },
        { type: 'Ready', status: 'True' },
      ],
    },
    ready: true,
  },
])('a pod that says $state is ready: $ready', ({ state, ready }) => expect(isPodReady(state)).toBe(ready))
