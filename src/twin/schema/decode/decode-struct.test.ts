import { describe, expect, it } from 'vitest'
import { StructTypes } from '../fields/struct-type.ts'
import { decodeMessage } from './decode-problem.ts'
import { decodeStruct } from './decode-struct.ts'

function decoded(value: unknown, minor = 20, struct = 'apps/v1.Deployment') {
  const result = decodeStruct(value, struct, new StructTypes(minor))
  if (!('unknown' in result)) throw new Error(decodeMessage(result, minor))
  return result
}

describe('decodeStruct', () => {
  it('leaves what a server 1.20 would encode of a Deployment', () => {
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: {
        hostNetwork: false,
        nodeSelector: {},
        volumes: [],
        containers: [{ name: 'c', image: 'i', env: [{ name: 'X', value: '' }], args: [] }],
      },
    }
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', labels: {} },
      spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template },
    }
    expect(decoded(body)).toEqual({
      unknown: [],
      value: {
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        metadata: { name: 'x', creationTimestamp: null },
        spec: {
          replicas: 0,
          selector: { matchLabels: { a: 'b' } },
          template: {
            metadata: { creationTimestamp: null, labels: { a: 'b' } },
            spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'X' }], resources: {} }] },
          },
          strategy: {},
        },
        status: {},
      },
    })
  })

  it('names unknown fields with their places, and drops them', () => {
    const spec = { selector: {}, template: { spec: { containers: [{ name: 'c' }, { name: 'd', foo: 1 }], bar: {} } }, replica: 1 }
    const { value, unknown } = decoded({ spec, extra: true })
    expect(unknown).toEqual(['extra', 'spec.replica', 'spec.template.spec.bar', 'spec.template.spec.containers[1].foo'])
    expect(JSON.stringify(value)).not.toMatch(/foo|bar|"replica"|extra/)
  })

  it('a field of a later minor is unknown', () => {
    const pdb = { spec: { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } }
    expect(decoded(pdb, 25, 'policy/v1.PodDisruptionBudget').unknown).toEqual(['spec.unhealthyPodEvictionPolicy'])
    expect(decoded(pdb, 26, 'policy/v1.PodDisruptionBudget').unknown).toEqual([])
  })

  it('null counts as absent', () => {
    expect(decoded({ spec: { replicas: null, selector: null } }).value.spec).not.toHaveProperty('replicas')
  })

  it('keys of maps are no fields', () => {
    const { value, unknown } = decoded({ data: { 'a.b': 'x', __proto__x: 'y' } }, 20, 'core/v1.ConfigMap')
    expect(unknown).toEqual([])
    expect(value.data).toEqual({ 'a.b': 'x', __proto__x: 'y' })
  })

  it.each([
    [2 ** 53, 20, undefined],
    [1e20, 20, 'v1.ConfigMap.ObjectMeta: v1.ObjectMeta.Generation: readUint64: overflow'],
    [1e30, 20, 'v1.ConfigMap.ObjectMeta: struct Decode: expect }, but found e'],
    [1e20, 27, 'json: cannot unmarshal number 100000000000000000000 into Go struct field ObjectMeta.metadata.generation of type int64'],
  ])('a generation of %d is read by 1.%d as %s', (generation, minor, message) => {
    const read = () => decoded({ metadata: { generation } }, minor, 'core/v1.ConfigMap').value.metadata
    if (message === undefined) expect(read()).toMatchObject({ generation })
    else expect(read).toThrow(message)
  })

  const spec = 'v1.Deployment.Spec: v1.DeploymentSpec'
  const container = `${spec}.Template: v1.PodTemplateSpec.Spec: v1.PodSpec.Containers: []v1.Container`
  it.each([
    [{ replicas: 'a' }, `${spec}.Replicas: readUint32: unexpected character: \ufffd`],
    [{ replicas: 1.5 }, `${spec}.Replicas: assertInteger: can not decode float as int`],
    [{ replicas: 99999999999 }, `${spec}.Replicas: readUint32: overflow`],
    [{ replicas: 1e30 }, 'v1.Deployment.Spec: struct Decode: expect }, but found e'],
    [{ paused: 'x' }, `${spec}.Paused: ReadBool: expect t or f, but found "`],
    ['x', 'v1.Deployment.Spec: readObjectStart: expect { or n, but found "'],
    [{ selector: [] }, `${spec}.Selector: readObjectStart: expect { or n, but found [`],
    [{ selector: { matchLabels: { a: 1 } } }, `${spec}.Selector: v1.LabelSelector.MatchLabels: ReadString: expects " or n, but found 1`],
    [{ template: { spec: { containers: {} } } }, `${container}: decode slice: expect [ or n, but found {`],
    [{ template: { spec: { containers: [{ name: 1 }] } } }, `${container}: v1.Container.Name: ReadString: expects " or n, but found 1`],
    [
      { template: { spec: { nodeSelector: [] } } },
      `${spec}.Template: v1.PodTemplateSpec.Spec: v1.PodSpec.NodeSelector: ReadMapCB: expect { or n, but found [`,
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: true } } },
      `${spec}.Strategy: v1.DeploymentStrategy.RollingUpdate: v1.RollingUpdateDeployment.MaxSurge: unmarshalerDecoder: json: cannot unmarshal bool into Go value of type int32`,
    ],
  ])('1.20 refuses the spec %j', (given, message) => {
    expect(() => decoded({ spec: given })).toThrow(message)
  })

  it.each([
    [{ replicas: 'a' }, 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    [{ replicas: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['x', 'json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec'],
    [
      { template: { spec: { containers: {} } } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [
      { template: { spec: { containers: [{ name: 1 }] } } },
      'json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.name of type string',
    ],
  ])('1.27 refuses the spec %j', (given, message) => {
    expect(() => decoded({ spec: given }, 27)).toThrow(message)
  })

  it.each([
    ['100m', true],
    ['1.5Gi', true],
    ['1e3', true],
    [2, true],
    ['x', false],
    ['1 Gi', false],
  ])('%j as a quantity: %s', (cpu, fits) => {
    const read = () => decoded({ resources: { limits: { cpu } }, name: 'c' }, 30, 'core/v1.Container')
    if (fits) expect(read).not.toThrow()
    else expect(read).toThrow('quantities must match the regular expression')
  })
})
