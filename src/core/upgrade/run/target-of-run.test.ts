import { expect, it } from 'vitest'
import { RunWorld, server, several, worker } from '../run-world.test-support.ts'

const rules = 'a minor alone, and a run goes to one exact version: write the whole one'

it.each([
  { version: 'v1.31', runs: 'v1.30.4+k3s1', message: `spec.version is "v1.31", ${rules}, such as v1.31.14+k3s1` },
  { version: '1.31', runs: 'v1.30.4', message: `spec.version is "1.31", ${rules}, such as v1.31.14` },
  { version: 'v1.99', runs: 'v1.30.4', message: `spec.version is "v1.99", ${rules}, such as v1.99.1` },
  { version: 'latest', runs: 'v1.30.4', message: 'spec.version "latest" is no version of Kubernetes: write one such as v1.34.2+k3s1' },
])('a spec with version $version where $runs runs is refused, with what to write', ({ version, runs, message }) => {
  const kubeletVersion = runs
  const world = new RunWorld([server(0, { kubeletVersion }), ...several(2, (i) => worker(i, { kubeletVersion }))], { apiServer: runs })
  world.edit({ version })
  world.settle()
  expect(world.status).toMatchObject({ phase: 'Refused', message })
  expect(world.done).toEqual([])
})
