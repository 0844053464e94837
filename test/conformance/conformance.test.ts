import { afterAll, beforeAll, describe, it } from 'vitest'
import { controlPlaneBinaries } from '../rig/control-plane-binaries.ts'
import type { Area, ConformanceCase } from './conformance-case.ts'
import { differences } from './differences.ts'
import { concurrentAreas, exclusiveAreas, nodeAreas, requestAreas } from './inventory.ts'
import { runCase } from './run-case.ts'
import { type RealSide, startRealSide } from './sides/real-side.ts'
import type { Side } from './sides/side.ts'
import { startTwinSide } from './sides/twin-side.ts'
import { missedIn, placesThatDiffer, withoutDifferences } from './transcript/compare.ts'

let real: RealSide
let twin: Side
let kubectl: string
const defects: string[] = []

beforeAll(async () => {
  kubectl = (await controlPlaneBinaries()).kubectl[0]
  real = await startRealSide()
  twin = await startTwinSide(real.version, (where, error) => defects.push(`${where}: ${error}`))
})

afterAll(async () => {
  await twin?.close()
  await real?.close()
})

const run = Date.now().toString(36)
let ordinal = 0

type Expect = typeof import('vitest').expect

const differenceOf = (of: string) => differences.find((difference) => difference.of === of)

/** Runs a case on both sides at once; what the real server shows is what is expected of the twin. */
async function compare(one: ConformanceCase, area: string, expect: Expect, leavesNodesFree: boolean): Promise<void> {
  ordinal += 1
  const at = { namespace: `case-${run}-${ordinal}`, kubectl, leavesNodesFree }
  const [expected, seen] = await Promise.all([runCase(real, one, at), runCase(twin, one, at)])
  expect(missedIn(expected), 'the real server does what the case waits for').toEqual([])
  const difference = differenceOf(`${area}: ${one.title}`)
  const [shown, wanted] = [seen, expected].map((transcript) => withoutDifferences(transcript, difference))
  expect(shown, placesThatDiffer(shown, wanted).slice(0, placesTold).join('; ')).toEqual(wanted)
  if (difference !== undefined) expect(seen, 'what is declared as a difference is one').not.toEqual(expected)
}

/** Of a case that differs, in the line that says so. */
const placesTold = 5

const foreign = (process.env.FALKIRK_E2E_KUBECONFIG ?? '') !== ''

function cases(areas: readonly Area[], leavesNodesFree: boolean): void {
  for (const { title, cases } of areas) {
    describe(title, () => {
      for (const one of cases) it(one.title, ({ expect }) => compare(one, title, expect, leavesNodesFree))
    })
  }
}

describe.concurrent('beside each other', () => cases(foreign ? requestAreas : concurrentAreas, false))

describe('one after another', () => cases(foreign ? [] : exclusiveAreas, true))

describe.concurrent('with nodes of their own', () => cases(foreign ? [] : nodeAreas, true))

it('nothing went wrong inside the twin', ({ expect }) => {
  // a controller that fails and tries again is no defect of the server
  expect(defects.filter((text) => text.startsWith('api'))).toEqual([])
})
