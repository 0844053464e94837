import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { neededImages } from '../e2e/hosts/image-set.ts'

const folder = 'test/e2e/hosts'
const files = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))

describe('tests that run on a cluster of somebody else', () => {
  const onAnyCluster = files.filter(({ file, text }) => file.endsWith('.test.ts') && !text.includes('describeHosts('))
  const shared = files.filter(({ file }) => ['host-plan.ts', 'workload.ts'].includes(file))

  it('are more than a few', () => {
    expect(onAnyCluster.length).toBeGreaterThanOrEqual(3)
  })

  it.each([...onAnyCluster, ...shared])('$file uses images that npm run e2e:images writes, and no other', ({ text }) => {
    const used = [...text.matchAll(/image: '([^']+)'/g)].map((match) => match[1])
    // a tag that is in no registry is what one test is about
    const foreign = used.filter((image) => !image?.endsWith(':no-such-tag') && !neededImages.some((needed) => needed === image))
    expect(foreign).toEqual([])
  })

  it('finds each of the images in the documentation', () => {
    const page = readFileSync('docs/testing.md', 'utf8')
    expect(neededImages.filter((image) => !page.includes(`\`${image}\``))).toEqual([])
  })
})
