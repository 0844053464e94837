import { bad, wholeNumber } from '../flag-values.ts'
import type { ClusterFlags } from '../upgrade/cluster.ts'
import { outputOf } from '../upgrade/flags.ts'

export interface InventoryFlags extends ClusterFlags {
  readonly file?: string
  readonly nodes?: string
  /** False: no cluster is asked. */
  readonly cluster?: boolean
  readonly concurrency?: string
  readonly output?: string
}

const outputs = ['table', 'json', 'yaml'] as const

export interface InventoryWish {
  readonly output: (typeof outputs)[number]
  readonly most: number
  readonly only?: readonly string[]
}

/** Throws FK_BAD_SETTING with one sentence that names the flag. */
export function inventoryWish({ output = 'table', concurrency = '20', nodes, file, cluster }: InventoryFlags): InventoryWish {
  if (cluster === false && file === undefined) throw bad('--no-cluster needs -f: without a cluster and a file there are no hosts')
  const only = nodes?.split(',').map((name) => name.trim())
  if (only?.includes('')) throw bad(`--nodes is "${nodes}": write names of nodes with commas between`)
  return {
    output: outputOf({ output }, outputs),
    most: wholeNumber('--concurrency', concurrency, { least: 1, most: 200 }),
    ...(only === undefined ? {} : { only: [...new Set(only)] }),
  }
}
