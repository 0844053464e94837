import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemAuthorities } from './system-authorities.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-authorities-'))
  writeFileSync(join(folder, 'one.pem'), 'one')
  writeFileSync(join(folder, 'two.pem'), 'two')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('authorities of the machine', () => {
  it('SSL_CERT_FILE takes the place of the bundle of the distribution', () => {
    expect(systemAuthorities({ SSL_CERT_FILE: join(folder, 'one.pem') })).toEqual(['one'])
  })

  it('adds every file of the folders in SSL_CERT_DIR; a folder that is not there is none', () => {
    const env = { SSL_CERT_FILE: join(folder, 'one.pem'), SSL_CERT_DIR: `/nowhere:${folder}` }
    expect([...systemAuthorities(env)].sort()).toEqual(['one', 'one', 'two'])
  })

  it('says which variable names a file that cannot be read', () => {
    expect(() => systemAuthorities({ SSL_CERT_FILE: '/nowhere/ca.pem' })).toThrow(
      'SSL_CERT_FILE names /nowhere/ca.pem, which cannot be read: mount it or unset the variable',
    )
  })
})
