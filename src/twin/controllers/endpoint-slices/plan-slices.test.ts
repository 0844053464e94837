import fc from 'fast-check'
import type { Endpoint, EndpointSlice } from 'kubernetes-types/discovery/v1'
import { describe, expect, it } from 'vitest'
import { planSlices } from './plan-slices.ts'
import type { SliceGroup } from './slice-endpoints.ts'

const ports = [{ name: '', port: 80, protocol: 'TCP' }]

function endpoint(i: number, ready = true): Endpoint {
  return { addresses: [`10.0.${Math.floor(i / 250)}.${i % 250}`], conditions: { ready }, targetRef: { uid: `pod-${i}` } }
}

const many = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => endpoint(from + i))
const group = (endpoints: readonly Endpoint[]): SliceGroup => ({ addressType: 'IPv4', ports, endpoints })
const slice = (name: string, endpoints: Endpoint[]): EndpointSlice => ({ metadata: { name }, addressType: 'IPv4', ports, endpoints })
const sizes = (slices: readonly { endpoints?: readonly unknown[] }[]) => slices.map(({ endpoints }) => endpoints?.length)

describe('slices of a Service', () => {
  it('hold 100 endpoints', () => {
    expect(sizes(planSlices([group(many(0, 250))], []).create)).toEqual([100, 100, 50])
  })

  it('are not written when nothing is different', () => {
    expect(planSlices([group(many(0, 50))], [slice('s', many(0, 50))])).toEqual({ create: [], update: [], remove: [] })
  })

  it('a new endpoint comes into the fullest slice with room', () => {
    const plan = planSlices([group(many(0, 151))], [slice('full', many(0, 100)), slice('half', many(100, 150))])
    expect(plan.update.map(({ metadata }) => metadata?.name)).toEqual(['half'])
    expect(plan.create).toEqual([])
  })

  it('a slice that is written anyway is filled first', () => {
    const changed = [endpoint(0, false), ...many(1, 60)]
    const plan = planSlices([group([...changed, ...many(60, 71)])], [slice('s', many(0, 60)), slice('fuller', many(60, 70))])
    expect(plan.update.map(({ metadata, endpoints }) => [metadata?.name, endpoints?.length])).toEqual([['s', 61]])
  })

  it('an empty slice goes, and so does one with other ports', () => {
    const other: EndpointSlice = { ...slice('other', many(0, 3)), ports: [{ port: 81 }] }
    const plan = planSlices([group(many(0, 3))], [slice('s', many(5, 9)), other])
    expect(plan.remove.map(({ metadata }) => metadata?.name)).toEqual(['s', 'other'])
    expect(sizes(plan.create)).toEqual([3])
  })

  it('what is wanted as it is stays where it is, whatever changes beside it', () => {
    const [first, second, third, fourth] = many(0, 4) as [Endpoint, Endpoint, Endpoint, Endpoint]
    const plan = planSlices([group([endpoint(0, false), second, endpoint(9), fourth])], [slice('s', [fourth, third, first, second])])
    expect(plan.update.map(({ endpoints }) => endpoints?.map(({ targetRef, conditions }) => [targetRef?.uid, conditions?.ready]))).toEqual([
      [
        ['pod-3', true],
        ['pod-0', false],
        ['pod-1', true],
        ['pod-9', true],
      ],
    ])
  })

  it('the version of a pod alone is no reason to write', () => {
    const old = { ...endpoint(0), targetRef: { uid: 'pod-0', resourceVersion: '1' } }
    const next = { ...endpoint(0), targetRef: { uid: 'pod-0', resourceVersion: '2' } }
    expect(planSlices([group([next])], [slice('s', [old])]).update).toEqual([])
  })

  it('hold each endpoint once afterwards, none too many, and a second plan does nothing', () => {
    const members = fc.uniqueArray(fc.nat(400), { maxLength: 300 })
    fc.assert(
      fc.property(members, members, fc.integer({ min: 1, max: 100 }), (before, after, size) => {
        const old: EndpointSlice[] = []
        for (let i = 0; i < before.length; i += size)
          old.push(
            slice(
              `s${i}`,
              before.slice(i, i + size).map((n) => endpoint(n)),
            ),
          )
        const there = new Map(old.flatMap(({ endpoints = [] }) => endpoints.map((one) => [one.targetRef?.uid, one] as const)))
        const wanted = [group(after.map((n) => (n % 2 === 0 && there.get(`pod-${n}`)) || endpoint(n)))]
        const plan = planSlices(after.length === 0 ? [] : wanted, old)
        const touched = new Set([...plan.update, ...plan.remove].map(({ metadata }) => metadata?.name))
        const left = [...old.filter(({ metadata }) => !touched.has(metadata?.name)), ...plan.update]
        const all = [...left, ...plan.create.map((one, i) => slice(`new${i}`, [...one.endpoints]))]
        expect(all.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => targetRef?.uid)).sort()).toEqual(
          after.map((n) => `pod-${n}`).sort(),
        )
        expect(all.every(({ endpoints }) => (endpoints?.length ?? 0) <= 100)).toBe(true)
        if (after.length > 0) expect(planSlices(wanted, all)).toEqual({ create: [], update: [], remove: [] })
      }),
    )
  })
})
