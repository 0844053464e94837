import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { schemaProblem } from '../../src/core/schema-problem.ts'
import { steps } from './host-mishaps.ts'
import type { UpgradeStory } from './upgrade-story.ts'

const whole = z.int().min(0)
const afterSeconds = whole

const story: z.ZodType<UpgradeStory> = z.strictObject({
  seed: whole,
  servers: z.union([z.literal(1), z.literal(3)]),
  workers: z.array(z.strictObject({ pool: z.enum(['blue', 'green']), cordoned: z.boolean() })),
  hops: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  workloads: z.array(
    z.strictObject({
      kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet', 'BarePod']),
      replicas: whole,
      minAvailable: z.int().min(-1),
      readySeconds: whole,
      volume: z.boolean().exactOptional(),
    }),
  ),
  detachSeconds: whole.exactOptional(),
  namesPools: z.boolean(),
  first: z.int().min(1),
  max: z.int().min(1),
  maxUnavailable: z.int().min(1),
  everyHop: z.boolean(),
  whenBlocked: z.enum(['Pause', 'Quarantine', 'Force']),
  budget: whole,
  retries: whole,
  stopAfter: z.enum(['Hop', 'ControlPlane', 'Pool', 'Batch', 'Node']).exactOptional(),
  scope: z.enum(['ControlPlane']).exactOptional(),
  failures: z.array(z.strictObject({ worker: whole, times: whole })),
  deeds: z.array(
    z.union([
      z.strictObject({ kind: z.enum(['Pause', 'Run', 'Cancel', 'Delete', 'RaiseMax', 'Raise', 'Break', 'Join']), afterSeconds }),
      z.strictObject({ kind: z.enum(['Cordon', 'Uncordon', 'Kill', 'Disconnect', 'Leave']), worker: whole, afterSeconds }),
    ]),
  ),
  deaths: z.array(
    z.union([
      z.strictObject({
        kind: z.literal('AtWrite'),
        write: z.int().min(1),
        when: z.enum(['Before', 'After']),
        awaySeconds: whole,
      }),
      z.strictObject({ kind: z.literal('AtCall'), call: z.int().min(1), when: z.enum(['Before', 'Within', 'After']), awaySeconds: whole }),
      z.strictObject({ kind: z.literal('AtTime'), afterMs: whole, awaySeconds: whole }),
    ]),
  ),
  hosts: z
    .array(
      z.union([
        z.strictObject({ kind: z.literal('Fail'), host: whole, step: z.enum(steps), atSeconds: whole, times: z.int().min(1) }),
        z.strictObject({ kind: z.literal('Reboot'), host: whole, step: z.enum(steps), atSeconds: whole }),
        z.strictObject({
          kind: z.literal('Cut'),
          host: whole,
          call: z.int().min(1),
          when: z.enum(['Before', 'After']),
          awaySeconds: whole,
        }),
        z.strictObject({ kind: z.literal('Slow'), host: whole, seconds: z.int().min(1) }),
        z.strictObject({ kind: z.literal('Lose'), host: whole, afterSeconds: whole }),
      ]),
    )
    .exactOptional(),
})

/** Reads a story from a YAML file. Throws one sentence that names file, field and fix. */
export function readUpgradeStory(file: string): UpgradeStory {
  const object: unknown = parse(readFileSync(file, 'utf8'))
  const read = story.safeParse(object)
  if (!read.success) throw new Error(`${file}: ${schemaProblem(object, read.error)}`)
  return read.data
}

/** Keeps a story as a YAML file; gives the file's name. */
export function keepUpgradeStory(folder: string, name: string, told: UpgradeStory, remark: string): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.yaml`)
  const comment = remark.replaceAll(/^/gm, '# ')
  // the generator's objects have no prototype, which YAML would write with a tag of its own
  writeFileSync(file, `${comment}\n${stringify(JSON.parse(JSON.stringify(told)))}`)
  return file
}
