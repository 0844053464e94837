import { goal, type Measurement, reference } from './measurement.ts'
import { scenarioName } from './scenario.ts'

const header = ['Nodes at concurrency', 'Who', 'Wall s', '× floor', 'Requests a node', 'CPU s', 'Peak MiB', 'Ready s']

/** A Markdown table: per scenario the floor and Falkirk of this run, the goal, and the reference that was measured before. */
export function benchTable(measurements: readonly Measurement[]): string {
  const rows = [header, header.map((_, i) => (i < 2 ? '---' : '---:'))]
  for (const floor of measurements.filter(({ contender }) => contender === 'floor')) {
    const same = (other: Measurement) => other.nodes === floor.nodes && other.concurrency === floor.concurrency
    for (const measured of [...measurements.filter(same), ...reference.filter(same)]) {
      const ofThisRun = measurements.includes(measured)
      rows.push(row(measured, ofThisRun ? floor : undefined))
    }
    rows.push(goalRow(floor))
  }
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function row(measured: Measurement, floor: Measurement | undefined): string[] {
  return [
    scenarioName({ ...measured, jobSeconds: 0, heartbeatsPerSecond: 0 }),
    measured.contender,
    measured.wallSeconds.toFixed(1),
    floor === undefined ? '' : (measured.wallSeconds / floor.wallSeconds).toFixed(3),
    (measured.requests / measured.nodes).toFixed(2),
    measured.cpuSeconds.toFixed(2),
    measured.peakMib.toFixed(0),
    measured.readySeconds?.toFixed(2) ?? '',
  ]
}

function goalRow(floor: Measurement): string[] {
  const large = floor.nodes >= 1000
  return [
    scenarioName({ ...floor, jobSeconds: 0, heartbeatsPerSecond: 0 }),
    '*goal*',
    `≤ ${(floor.wallSeconds * goal.wallRatio).toFixed(1)}`,
    `≤ ${goal.wallRatio}`,
    `≤ ${goal.requestsPerNode}`,
    large ? `≤ ${goal.cpuSeconds}` : '',
    large ? `≤ ${goal.peakMib}` : '',
    '',
  ]
}

/** Requests by kind and what went wrong, one line each; not part of the page. */
export function benchNotes(measurements: readonly Measurement[]): string[] {
  return measurements.flatMap(({ contender, nodes, requestKinds = {}, faults }) => [
    `${contender} at ${nodes} nodes: ${Object.entries(requestKinds)
      .sort(([, a], [, b]) => b - a)
      .map(([kind, count]) => `${count} × ${kind}`)
      .join(', ')}`,
    ...faults.map((fault) => `  NOT AS IT MUST BE: ${fault}`),
  ])
}
