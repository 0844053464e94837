import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { DraftObject } from '../../kube-object.ts'
import { decodeStruct } from '../../schema/decode/decode-struct.ts'
import { kindType } from '../../schema/fields/kind-types.ts'
import { StructTypes } from '../../schema/fields/struct-type.ts'
import { splitApiVersion } from '../resource-catalog.ts'
import { ProtoProblem } from './proto-reader.ts'
import { protobufObject } from './protobuf-object.ts'

/** What kubectl 1.36 has sent for a command, and what it says itself (`--dry-run=client -o json`) that it sends. */
interface Sample {
  readonly command: string
  readonly base64: string
  readonly object: DraftObject
}

const samples = JSON.parse(readFileSync(new URL('testdata/kubectl-1.36.json', import.meta.url), 'utf8')) as readonly Sample[]
const anything = { group: '', version: 'v1', kind: 'Anything' }

describe('bodies in protobuf', () => {
  it.each(samples)('$command', ({ base64, object }) => {
    expect(normal(decoded(base64))).toEqual(normal(object))
  })

  it.each([
    {
      command: 'kubectl auth can-i get pods',
      base64:
        'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSPAoQCgASABoAIgAqADIAOABCABIeChwKB2RlZmF1bHQSA2dldBoAIgAqBHBvZHMyADoAGggIABIAGgAgABoAIgA=',
      object: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        metadata: {},
        spec: { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
        status: { allowed: false },
      },
    },
    {
      command: 'kubectl autoscale deployment web --min=1 --max=3',
      base64:
        'azhzAAopCg5hdXRvc2NhbGluZy92MhIXSG9yaXpvbnRhbFBvZEF1dG9zY2FsZXISQgoYCgN3ZWISABoFdHlwZWQiACoAMgA4AEIAEiAKGgoKRGVwbG95bWVudBIDd2ViGgdhcHBzL3YxEAEYAxoEGAAgABoAIgA=',
      object: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web', namespace: 'typed' },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 3 },
        status: { desiredReplicas: 0 },
      },
    },
  ])('$command', ({ base64, object }) => {
    expect(decoded(base64)).toEqual(object)
  })

  it('a field that the server does not know yet is skipped', () => {
    // spec.unhealthyPodEvictionPolicy came with 1.26
    const body = envelope('policy/v1', 'PodDisruptionBudget', [0x12, 13, 0x22, 11, ...text('AlwaysAllow')])
    expect(protobufObject(body, anything, 25)?.spec).toEqual({})
    expect(protobufObject(body, anything, 26)?.spec).toEqual({ unhealthyPodEvictionPolicy: 'AlwaysAllow' })
  })

  it('a list in a map is read', () => {
    const scopes = [0x0a, 6, ...text('scopes'), 0x12, 6, 0x0a, 1, ...text('a'), 0x0a, 1, ...text('b')]
    const extra = [0x2a, scopes.length, ...scopes]
    const body = envelope('authorization.k8s.io/v1', 'SubjectAccessReview', [0x12, extra.length, ...extra])
    expect(protobufObject(body, anything, 32)?.spec).toEqual({ extra: { scopes: ['a', 'b'] } })
  })

  it('numbers may be written one by one or together', () => {
    const group = (bytes: readonly number[]) => [0x72, bytes.length, ...bytes]
    const body = (bytes: readonly number[]) => envelope('v1', 'Pod', [0x12, group(bytes).length, ...group(bytes)])
    const together = protobufObject(body([0x22, 2, 1, 2]), anything, 32)
    expect(together?.spec).toEqual({ securityContext: { supplementalGroups: [1, 2] } })
    expect(protobufObject(body([0x20, 1, 0x20, 2]), anything, 32)).toEqual(together)
  })

  it('options are the same in the name of each group', () => {
    const body = envelope('apps/v1', 'DeleteOptions', [0x08, 30])
    const asked = { group: 'meta.k8s.io', version: 'v1', kind: 'DeleteOptions' }
    expect(protobufObject(body, asked, 20)).toMatchObject({ kind: 'DeleteOptions', gracePeriodSeconds: 30 })
  })

  it('an object that does not say what it is counts as what is expected', () => {
    const metadata = [0x0a, 3, 0x0a, 1, ...text('a')]
    const expected = { group: '', version: 'v1', kind: 'ConfigMap' }
    expect(protobufObject(envelope('', '', metadata), expected, 20)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
    })
  })

  it.each([
    ['example.com/v1', 'Widget'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['v1', 'Nonsense'],
    ['v1', 'constructor'],
  ])('%s %s is not read', (apiVersion, kind) => {
    expect(protobufObject(envelope(apiVersion, kind, []), anything, 32)).toBeUndefined()
  })

  it.each([
    ['nothing', [], 'does not appear to be a protobuf message, expected prefix [107 56 115 0]'],
    ['JSON', text('{"kind":"Pod"}'), 'does not appear to be a protobuf message'],
    ['a message that is cut off', [0x6b, 0x38, 0x73, 0, 0x0a, 100, 0x0a], 'unexpected EOF'],
    ['a number without an end', [0x6b, 0x38, 0x73, 0, ...new Array<number>(12).fill(0xff)], 'integer overflow'],
    ['a group', [0x6b, 0x38, 0x73, 0, 0x0b], 'illegal wireType 3'],
    ['a number in place of a message', [0x6b, 0x38, 0x73, 0, 0x08, 1], 'wrong wireType'],
  ])('%s is refused', (_, bytes, message) => {
    const refused = () => protobufObject(Uint8Array.from(bytes), anything, 20)
    expect(refused).toThrow(ProtoProblem)
    expect(refused).toThrow(message)
  })

  it.each([...samples.entries()])('whatever bytes of sample %i are broken, it is an object or a refusal', (_, { base64 }) => {
    const whole = Buffer.from(base64, 'base64')
    for (let at = 0; at < whole.length; at += 1) {
      for (const flip of [0xff, 0x80, 0x01]) {
        const broken = Uint8Array.from(whole)
        broken[at] = (broken[at] ?? 0) ^ flip
        const problem = problemOf(() => protobufObject(broken, anything, 32))
        expect(problem === undefined || problem instanceof ProtoProblem, `byte ${at} ^ ${flip}: ${String(problem)}`).toBe(true)
      }
    }
  })
})

function decoded(base64: string): DraftObject | undefined {
  return protobufObject(Buffer.from(base64, 'base64'), anything, 36)
}

/** As the server would hold it, whichever way it came; times of creation are the client's affair. */
function normal(object: DraftObject | undefined): unknown {
  const { apiVersion = '', kind = '', ...rest } = object ?? {}
  const [group, version] = splitApiVersion(apiVersion)
  const held = decodeStruct({ apiVersion, kind, ...rest }, kindType(group, version, kind) ?? '', new StructTypes(36))
  if (!('value' in held)) throw new Error(`${kind} does not fit: ${JSON.stringify(held)}`)
  return held
}

function text(value: string): readonly number[] {
  return [...Buffer.from(value)]
}

function envelope(apiVersion: string, kind: string, message: readonly number[]): Uint8Array {
  const typeMeta = [0x0a, apiVersion.length, ...text(apiVersion), 0x12, kind.length, ...text(kind)]
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, 0x0a, typeMeta.length, ...typeMeta, 0x12, message.length, ...message])
}

function problemOf(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
