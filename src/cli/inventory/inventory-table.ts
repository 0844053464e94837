import { alignColumns, fitColumns } from '../align-columns.ts'
import type { CheckedHost } from './check-inventory.ts'

/** One line a finding, one for each host that is well; on a terminal within its columns. */
export function inventoryTable(hosts: readonly CheckedHost[], columns: number | undefined): string {
  const rows = [['NODE', 'ADDRESS', 'RESULT'], ...hosts.flatMap(hostRows)]
  const lines = columns === undefined ? alignColumns(rows) : fitColumns(rows, columns).flat()
  return lines.join('\n')
}

function hostRows({ entry, findings }: CheckedHost): readonly (readonly string[])[] {
  const place = entry.port === undefined ? entry.address : `${entry.address}:${entry.port}`
  if (findings.length === 0) return [[entry.name, place, 'ok']]
  return findings.map(({ message, fix }, index) => [
    index === 0 ? entry.name : '',
    index === 0 ? place : '',
    fix === '' ? message : `${message}: ${fix}`,
  ])
}

/** For the last line. */
export function inventorySummary(hosts: readonly CheckedHost[]): string {
  const bad = hosts.filter(({ findings }) => findings.length > 0).length
  const count = `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`
  return bad === 0 ? `${count}, all well` : `${count}, ${bad} not well`
}
