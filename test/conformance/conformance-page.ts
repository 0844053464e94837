import { differences } from './differences.ts'
import { concurrentAreas, exclusiveAreas, nodeAreas } from './inventory.ts'
import { everywhere } from './transcript/everywhere.ts'

/** The part of `docs/twin.md` that tells what has been compared, and what differs. */
export function conformancePage(): string {
  const areas = [...concurrentAreas, ...exclusiveAreas, ...nodeAreas]
  const rows = areas.map(({ title, cases }) => `| ${title} | ${cases.length} | ${equalIn(title, cases.length)} |`)
  const count = areas.reduce((sum, { cases }) => sum + cases.length, 0)
  return [
    `${count} cases run against kube-apiserver, controller-manager and scheduler v1.20 and against the twin as v1.20; ${count - differences.length} show the same.`,
    'Times, IDs, versions and made-up names are taken out before.',
    '',
    '| area | cases | the same |',
    '|---|---|---|',
    ...rows,
    '',
    'In all cases:',
    '',
    ...everywhere.map((text) => `- ${text}`),
    '',
    '| case | difference, which stays |',
    '|---|---|',
    ...differences.map(({ of, reason }) => `| ${of} | ${reason} |`),
  ].join('\n')
}

function equalIn(title: string, count: number): number {
  return count - differences.filter(({ of }) => of.startsWith(`${title}: `)).length
}
