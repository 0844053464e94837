import { describe, expect, it } from 'vitest'
import { managerName } from './manager-name.ts'
import { patchOptionsProblem } from './patch-options.ts'

describe('managerName', () => {
  it.each([
    { fieldManager: 'argo', userAgent: 'kubectl/v1.20.2', name: 'argo' },
    { fieldManager: '', userAgent: 'kubectl/v1.20.2 (linux/amd64)', name: 'kubectl' },
    { fieldManager: undefined, userAgent: 'Go-http-client/2.0', name: 'Go-http-client' },
    { fieldManager: null, userAgent: undefined, name: 'unknown' },
    { fieldManager: undefined, userAgent: 'a\u0001b/1', name: 'ab' },
    { fieldManager: undefined, userAgent: 'x'.repeat(200), name: 'x'.repeat(128) },
  ])('$fieldManager and $userAgent are $name', ({ fieldManager, userAgent, name }) => {
    expect(managerName(fieldManager, userAgent)).toBe(name)
  })
})

describe('patchOptionsProblem', () => {
  it.each([
    { options: { fieldManager: null, force: null, isApply: true }, message: 'fieldManager: Required value: is required for apply patch' },
    {
      options: { fieldManager: null, force: 'true', isApply: false },
      message: 'force: Forbidden: may not be specified for non-apply patch',
    },
    {
      options: { fieldManager: 'x'.repeat(129), force: null, isApply: true },
      message: 'fieldManager: Too long: must have at most 128 bytes',
    },
    {
      options: { fieldManager: '\u0001', force: null, isApply: true },
      message: 'fieldManager: Invalid value: "\\x01": invalid character U+0001 (at position 0)',
    },
  ])('refuses with $message', ({ options, message }) => {
    expect(patchOptionsProblem(options)?.status).toMatchObject({ code: 422, message: `PatchOptions.meta.k8s.io "" is invalid: ${message}` })
  })

  it('takes a good manager, and no manager where none is needed', () => {
    expect(patchOptionsProblem({ fieldManager: 'argo', force: 'true', isApply: true })).toBeUndefined()
    expect(patchOptionsProblem({ fieldManager: null, force: null, isApply: false })).toBeUndefined()
  })
})
