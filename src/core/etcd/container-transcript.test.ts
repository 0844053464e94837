import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { containerMember, podMember, testCluster, v } from './etcd-world.test-support.ts'
import { memberRecipe } from './member-recipe.ts'
import { rehearseEtcdUpgrade } from './rehearse-upgrade.ts'

/** What an operator sees of an upgrade beforehand, and of the first member's steps. */
it.each([
  { file: 'three-static-pods.txt', member: podMember },
  { file: 'three-container-units.txt', member: containerMember },
])('what would be run on a cluster of three, member by member, the leader last, stands in $file', ({ file, member }) => {
  const cluster = testCluster([member(), member(), member()])
  const rehearsal = rehearseEtcdUpgrade(cluster, { to: v('3.5.26') })
  const [first] = cluster.members
  if (first === undefined) throw new Error('no member')
  const { steps, undo } = memberRecipe({ member: first, version: v('3.5.26'), isLast: false })
  const lines = [
    ...(rehearsal.kind === 'Refused' ? rehearsal.problems : rehearsal.commands.map(({ host, command }) => `${host}   ${command}`)),
    '',
    ...steps.map(({ name, does, disturbs }) => `${name}: ${does}${disturbs ? '   (etcd is away for a moment)' : ''}`),
    `when one of them has failed, ${undo?.name}: ${undo?.does}`,
  ]
  const path = new URL(`./testdata/${file}`, import.meta.url)
  const text = `${lines.join('\n')}\n`
  if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(path, text)
  expect(text).toBe(readFileSync(path, 'utf8'))
})
