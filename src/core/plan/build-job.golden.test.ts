import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { nodeFacts } from '../kubernetes/node-facts.ts'
import { buildJob } from './build-job.ts'
import { hostnameOf } from './node-selection.ts'
import { parsePlan } from './plan.ts'
import { planSettings } from './plan-settings.ts'

const folder = join(import.meta.dirname, 'testdata')
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.input.yaml'))
  .map((file) => file.replace('.input.yaml', ''))

/** Builds the Job that the Plan, Node and ConfigMap of a file lead to. */
function jobOf(text: string) {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>)
  const config = objects.find((o) => o.kind === 'ConfigMap')
  const node = nodeFacts(objects.find((o) => o.kind === 'Node'))
  const parsed = parsePlan(objects.find((o) => o.kind === 'Plan'))
  if (parsed.kind !== 'Plan') throw new Error(parsed.message)
  const { plan } = parsed
  const built = buildJob({
    plan,
    latestVersion: plan.status?.latestVersion ?? '',
    latestHash: plan.status?.latestHash ?? '',
    node,
    settings: planSettings((config?.data ?? {}) as Record<string, string>).settings,
    controllerName: 'system-upgrade-controller',
    applying: plan.status?.applying?.includes(hostnameOf(node)) ?? false,
    drainBy: plan.metadata.annotations?.['falkirk.dev/drain'] === 'controller' ? 'Controller' : 'Job',
    attempt: 1,
    sharesFirstLabel: false,
  })
  if (built.kind !== 'Job') throw new Error(built.message)
  expect(built.warnings).toEqual([])
  return stringify(built.job, { aliasDuplicateObjects: false, lineWidth: 0 })
}

describe('buildJob', () => {
  it('has recorded Jobs to compare with', () => {
    expect(names.length).toBeGreaterThanOrEqual(6)
  })

  it.each(names)('makes the recorded Job of %s', (name) => {
    const job = jobOf(readFileSync(join(folder, `${name}.input.yaml`), 'utf8'))
    const golden = join(folder, `${name}.job.yaml`)
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(golden, job)
    expect(job).toBe(readFileSync(golden, 'utf8'))
  })
})
