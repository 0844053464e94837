import { describe, expect, it } from 'vitest'
import { type Manager, managerId, readManagedFields, secondsOf, writeManagedFields } from './managed-fields.ts'

function entry(manager: string, operation: 'Apply' | 'Update', time: string, apiVersion = 'v1') {
  return { manager, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } }
}

describe('managed fields', () => {
  it('are written appliers first, then by time, then by name', () => {
    const entries = [
      entry('b', 'Apply', '2026-01-01T00:00:02Z'),
      entry('a', 'Update', '2026-01-01T00:00:01Z'),
      entry('c', 'Update', '2026-01-01T00:00:01Z'),
      entry('a', 'Update', '2026-01-01T00:00:03Z', 'apps/v1'),
    ]
    expect(writeManagedFields(readManagedFields(entries.toReversed()) ?? new Map())).toEqual(entries)
  })

  it('an applier stays the same in another version, an updater does not', () => {
    const manager = (operation: 'Apply' | 'Update', apiVersion: string): Manager => ({ name: 'a', operation, apiVersion })
    expect(managerId(manager('Apply', 'v1'))).toBe(managerId(manager('Apply', 'v2')))
    expect(managerId(manager('Update', 'v1'))).not.toBe(managerId(manager('Update', 'v2')))
    expect(managerId(manager('Update', 'v1'))).not.toBe(managerId({ ...manager('Update', 'v1'), subresource: 'status' }))
  })

  it.each([
    [[{}]],
    ['x'],
    [[5]],
    [[{ ...entry('a', 'Apply', ''), fieldsType: 'FieldsV2' }]],
    [[{ ...entry('a', 'Apply', ''), fieldsV1: { a: {} } }]],
  ])('%j cannot be read', (entries) => {
    expect(readManagedFields(entries)).toBeUndefined()
  })

  it('are nothing when nobody owns anything', () => {
    expect(writeManagedFields(new Map())).toBeUndefined()
    expect(readManagedFields(undefined)?.size).toBe(0)
  })

  it('times that cannot be read count as the beginning', () => {
    expect(secondsOf('yesterday')).toBe(0)
    expect(secondsOf('1970-01-01T00:00:05Z')).toBe(5)
  })
})
