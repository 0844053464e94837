import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { installedAsLocked } from '../../scripts/bootstrap.mjs'

interface Locked {
  version?: string
  optional?: boolean
  optionalDependencies?: Record<string, string>
}

const packages: Record<string, Locked> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages

describe('package-lock.json', () => {
  it('names every platform package, also those of other platforms: without them npm ci refuses the file', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`]),
    )
    expect(missing).toEqual([])
  })
})

describe('installedAsLocked', () => {
  const locked = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-darwin': { version: '2.0.0', optional: true } }

  it.each([
    ['all packages at their versions', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-darwin': { version: '2.0.0' } }, true],
    ['a package for another platform missing', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['another version', { 'node_modules/a': { version: '1.0.1' } }, false],
    ['a package missing', {}, false],
    ['a package too many', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/c': { version: '1.0.0' } }, false],
    [
      'a package for another platform at another version',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-darwin': { version: '1.0.0' } },
      false,
    ],
  ])('%s', (_, installed, same) => {
    expect(installedAsLocked(locked, installed)).toBe(same)
  })

  it('an empty lock file matches nothing', () => {
    expect(installedAsLocked({}, {})).toBe(false)
  })
})
