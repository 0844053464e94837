import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { int32, int64 } from './integer.ts'
import { structuralSchema } from './structural-schema.ts'

describe('structuralSchema', () => {
  it('gives every level a type and sorts keywords, properties and required ones', () => {
    const schema = z.object({
      size: z.enum(['b', 'a']).describe('How big.'),
      names: z.array(z.string()).min(1).exactOptional(),
      map: z.record(z.string(), z.string()).exactOptional(),
      any: z.string(),
    })
    expect(JSON.stringify(structuralSchema(schema))).toBe(
      '{"properties":{"any":{"type":"string"},"map":{"additionalProperties":{"type":"string"},"type":"object"},' +
        '"names":{"items":{"type":"string"},"minItems":1,"type":"array"},"size":{"description":"How big.","enum":["b","a"],"type":"string"}},' +
        '"required":["any","size"],"type":"object"}',
    )
  })

  it('leaves out the bounds that only come from the size of a number', () => {
    expect(structuralSchema(int32())).toEqual({ type: 'integer', format: 'int32' })
    expect(structuralSchema(int64())).toEqual({ type: 'integer', format: 'int64' })
    expect(structuralSchema(z.int())).toEqual({ type: 'integer' })
  })

  it('keeps the bounds that the API has', () => {
    expect(structuralSchema(z.int().min(1).max(5))).toEqual({ type: 'integer', minimum: 1, maximum: 5 })
  })

  it('writes a number or a text as Kubernetes does', () => {
    const schema = z.union([z.string(), z.int()]).meta({ 'x-kubernetes-int-or-string': true, pattern: '^1$' })
    expect(structuralSchema(schema)).toEqual({
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      pattern: '^1$',
      'x-kubernetes-int-or-string': true,
    })
  })

  it('makes a field with a default optional', () => {
    expect(structuralSchema(z.object({ name: z.string().default('') }))).toEqual({
      type: 'object',
      properties: { name: { type: 'string', default: '' } },
    })
  })

  it('has no word for read-only arrays: that is a matter of TypeScript', () => {
    expect(structuralSchema(z.array(z.string()).readonly())).toEqual({ type: 'array', items: { type: 'string' } })
  })

  it.each([
    ['a union', z.union([z.string(), z.boolean()])],
    ['anything', z.object({ a: z.unknown() })],
    ['null', z.string().nullable().or(z.int())],
  ])('refuses %s', (_, schema) => {
    expect(() => structuralSchema(schema)).toThrow('a structural schema needs one type')
  })
})
