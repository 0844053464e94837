import { describe, expect, it } from 'vitest'
import { mirrorIn, packageIn } from './debian-archive.ts'

describe('mirrorIn', () => {
  it.each([
    ['the new form', 'Types: deb\n# a comment\nURIs: http://mirror.test/debian\nSuites: bookworm\n', 'http://mirror.test/debian'],
    ['one line', 'deb http://mirror.test/debian/ bookworm main', 'http://mirror.test/debian'],
    ['one line with options', '# x\ndeb [arch=amd64 trusted=yes] https://mirror.test/debian bookworm main', 'https://mirror.test/debian'],
    ['no mirror', 'deb cdrom:[Debian]/ bookworm main', undefined],
  ])('%s', (_, sources, mirror) => {
    expect(mirrorIn(sources)).toBe(mirror)
  })
})

describe('packageIn', () => {
  const index = [
    'Package: kubectl-tail\nVersion: 9\nFilename: pool/t.deb\nSHA256: 00',
    'Package: kubectl\nSource: kubernetes\nVersion: 1.32.3+ds-2\nFilename: pool/k.deb\nSHA256: 11',
    'Package: last\nVersion: 1\nFilename: pool/l.deb\nSHA256: 22\n',
  ].join('\n\n')

  it.each([
    ['kubectl', { version: '1.32.3+ds-2', file: 'pool/k.deb', sha256: '11' }],
    ['kubectl-tail', { version: '9', file: 'pool/t.deb', sha256: '00' }],
    ['last', { version: '1', file: 'pool/l.deb', sha256: '22' }],
    ['tail', undefined],
  ])('%s', (name, found) => {
    expect(packageIn(index, name)).toEqual(found)
  })
})
