import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { StructuralSchema } from '../kubernetes/structural-schema.ts'
import { planCrd, planSchema } from './plan-crd.ts'

const golden = new URL('../../../deploy/base/crd.yaml', import.meta.url)
const header = '# Written by `npm run golden` from the schemas in src/core/plan; change those.\n'

function crdText(): string {
  return header + stringify(planCrd(), { lineWidth: 120 })
}

/** The schema at a path; `[]` steps into the items of a list, `{}` into the values of a map. */
function at(path: string): StructuralSchema | undefined {
  return path.split('.').reduce<StructuralSchema | undefined>((schema, step) => {
    if (step === '[]') return schema?.items
    if (step === '{}') return schema?.additionalProperties
    return schema?.properties?.[step]
  }, planSchema())
}

/** Every path of the schema with what decides about validity; descriptions left out. */
function* fields(schema: StructuralSchema, path = ''): Generator<readonly [string, StructuralSchema]> {
  yield [path, schema]
  for (const [name, property] of Object.entries(schema.properties ?? {})) yield* fields(property, path === '' ? name : `${path}.${name}`)
  if (schema.items) yield* fields(schema.items, `${path}.[]`)
  if (schema.additionalProperties) yield* fields(schema.additionalProperties, `${path}.{}`)
}

describe('planCrd', () => {
  it('is what deploy/base/crd.yaml says (`npm run golden` writes it anew)', () => {
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(golden, crdText())
    expect(readFileSync(golden, 'utf8')).toBe(crdText())
  })

  it('reads back from YAML as it was, also by the YAML 1.1 that kubectl speaks', () => {
    expect(parse(crdText(), { version: '1.1' })).toEqual(planCrd())
  })

  it('has the names of system-upgrade-controller, and no short names or categories', () => {
    expect(planCrd()).toMatchObject({
      apiVersion: 'apiextensions.k8s.io/v1',
      metadata: { name: 'plans.upgrade.cattle.io', annotations: { 'controller-gen.kubebuilder.io/version': 'v0.21.0' } },
      spec: { group: 'upgrade.cattle.io', scope: 'Namespaced' },
    })
    const { spec } = planCrd() as { spec: { names: object; versions: object[] } }
    expect(spec.names).toEqual({ kind: 'Plan', listKind: 'PlanList', plural: 'plans', singular: 'plan' })
    expect(spec.versions).toHaveLength(1)
    expect(spec.versions[0]).toMatchObject({ name: 'v1', served: true, storage: true, subresources: { status: {} } })
  })

  it('shows the columns of system-upgrade-controller in their order', () => {
    const { spec } = planCrd() as { spec: { versions: { additionalPrinterColumns: object[] }[] } }
    expect(spec.versions[0]?.additionalPrinterColumns).toEqual([
      { name: 'Image', jsonPath: '.spec.upgrade.image', type: 'string' },
      { name: 'Channel', jsonPath: '.spec.channel', type: 'string' },
      { name: 'Version', jsonPath: '.spec.version', type: 'string' },
      { name: 'Complete', jsonPath: ".status.conditions[?(@.type=='Complete')].status", type: 'string' },
      { name: 'Message', jsonPath: ".status.conditions[?(@.message!='')].message", type: 'string' },
      { name: 'Applying', jsonPath: '.status.applying', type: 'string', priority: 10 },
    ])
  })
})

const text = { type: 'string' }
const yesNo = { type: 'boolean' }
const int32 = { type: 'integer', format: 'int32' }
const int64 = { type: 'integer', format: 'int64' }
const list = { type: 'array' }
const textMap = { type: 'object', additionalProperties: text }
const atomicMap = { type: 'object', 'x-kubernetes-map-type': 'atomic' }
const atomicList = { type: 'array', 'x-kubernetes-list-type': 'atomic' }
const intOrText = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }
const days =
  '0 su sun sunday 1 mo mon monday 2 tu tue tuesday 3 we wed wednesday 4 th thu thursday 5 fr fri friday 6 sa sat saturday'.split(' ')

/** What each field says besides its description, its children and a text's type. */
const container: Readonly<Record<string, object>> = {
  '': { type: 'object', required: ['image'] },
  image: text,
  command: list,
  'command.[]': text,
  args: list,
  'args.[]': text,
  envs: list,
  'envs.[]': { type: 'object', required: ['name'] },
  'envs.[].name': text,
  'envs.[].value': text,
  'envs.[].valueFrom': { type: 'object' },
  'envs.[].valueFrom.configMapKeyRef': { ...atomicMap, required: ['key'] },
  'envs.[].valueFrom.configMapKeyRef.key': text,
  'envs.[].valueFrom.configMapKeyRef.name': { ...text, default: '' },
  'envs.[].valueFrom.configMapKeyRef.optional': yesNo,
  'envs.[].valueFrom.fieldRef': { ...atomicMap, required: ['fieldPath'] },
  'envs.[].valueFrom.fieldRef.apiVersion': text,
  'envs.[].valueFrom.fieldRef.fieldPath': text,
  'envs.[].valueFrom.fileKeyRef': { ...atomicMap, required: ['key', 'path', 'volumeName'] },
  'envs.[].valueFrom.fileKeyRef.key': text,
  'envs.[].valueFrom.fileKeyRef.optional': { ...yesNo, default: false },
  'envs.[].valueFrom.fileKeyRef.path': text,
  'envs.[].valueFrom.fileKeyRef.volumeName': text,
  'envs.[].valueFrom.resourceFieldRef': { ...atomicMap, required: ['resource'] },
  'envs.[].valueFrom.resourceFieldRef.containerName': text,
  'envs.[].valueFrom.resourceFieldRef.divisor': { ...intOrText, pattern: expect.stringContaining('numkMGTPE') },
  'envs.[].valueFrom.resourceFieldRef.resource': text,
  'envs.[].valueFrom.secretKeyRef': { ...atomicMap, required: ['key'] },
  'envs.[].valueFrom.secretKeyRef.key': text,
  'envs.[].valueFrom.secretKeyRef.name': { ...text, default: '' },
  'envs.[].valueFrom.secretKeyRef.optional': yesNo,
  envFrom: list,
  'envFrom.[]': { type: 'object' },
  'envFrom.[].configMapRef': atomicMap,
  'envFrom.[].configMapRef.name': { ...text, default: '' },
  'envFrom.[].configMapRef.optional': yesNo,
  'envFrom.[].prefix': text,
  'envFrom.[].secretRef': atomicMap,
  'envFrom.[].secretRef.name': { ...text, default: '' },
  'envFrom.[].secretRef.optional': yesNo,
  volumes: list,
  'volumes.[]': { type: 'object', required: ['destination', 'name', 'source'] },
  'volumes.[].destination': text,
  'volumes.[].name': text,
  'volumes.[].source': text,
  securityContext: { type: 'object' },
  'securityContext.allowPrivilegeEscalation': yesNo,
  'securityContext.appArmorProfile': { type: 'object', required: ['type'] },
  'securityContext.appArmorProfile.localhostProfile': text,
  'securityContext.appArmorProfile.type': text,
  'securityContext.capabilities': { type: 'object' },
  'securityContext.capabilities.add': atomicList,
  'securityContext.capabilities.add.[]': text,
  'securityContext.capabilities.drop': atomicList,
  'securityContext.capabilities.drop.[]': text,
  'securityContext.privileged': yesNo,
  'securityContext.procMount': text,
  'securityContext.readOnlyRootFilesystem': yesNo,
  'securityContext.runAsGroup': int64,
  'securityContext.runAsNonRoot': yesNo,
  'securityContext.runAsUser': int64,
  'securityContext.seLinuxOptions': { type: 'object' },
  'securityContext.seLinuxOptions.level': text,
  'securityContext.seLinuxOptions.role': text,
  'securityContext.seLinuxOptions.type': text,
  'securityContext.seLinuxOptions.user': text,
  'securityContext.seccompProfile': { type: 'object', required: ['type'] },
  'securityContext.seccompProfile.localhostProfile': text,
  'securityContext.seccompProfile.type': text,
  'securityContext.windowsOptions': { type: 'object' },
  'securityContext.windowsOptions.gmsaCredentialSpec': text,
  'securityContext.windowsOptions.gmsaCredentialSpecName': text,
  'securityContext.windowsOptions.hostProcess': yesNo,
  'securityContext.windowsOptions.runAsUserName': text,
}

const selector: Readonly<Record<string, object>> = {
  '': atomicMap,
  matchExpressions: atomicList,
  'matchExpressions.[]': { type: 'object', required: ['key', 'operator'] },
  'matchExpressions.[].key': text,
  'matchExpressions.[].operator': text,
  'matchExpressions.[].values': atomicList,
  'matchExpressions.[].values.[]': text,
  matchLabels: textMap,
  'matchLabels.{}': text,
}

function below(path: string, table: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(Object.entries(table).map(([name, schema]) => [name === '' ? path : `${path}.${name}`, schema]))
}

const expected: Readonly<Record<string, object>> = {
  '': { type: 'object' },
  apiVersion: text,
  kind: text,
  metadata: { type: 'object' },
  spec: { type: 'object', required: ['upgrade'] },
  'spec.channel': text,
  'spec.concurrency': int64,
  'spec.cordon': yesNo,
  'spec.drain': { type: 'object' },
  'spec.drain.deleteEmptydirData': yesNo,
  'spec.drain.deleteLocalData': yesNo,
  'spec.drain.disableEviction': yesNo,
  'spec.drain.force': yesNo,
  'spec.drain.gracePeriod': int32,
  'spec.drain.ignoreDaemonSets': yesNo,
  ...below('spec.drain.podSelector', selector),
  'spec.drain.skipWaitForDeleteTimeout': { type: 'integer' },
  'spec.drain.timeout': intOrText,
  'spec.exclusive': yesNo,
  'spec.imagePullSecrets': list,
  'spec.imagePullSecrets.[]': atomicMap,
  'spec.imagePullSecrets.[].name': { ...text, default: '' },
  'spec.jobActiveDeadlineSecs': int64,
  ...below('spec.nodeSelector', selector),
  'spec.postCompleteDelay': text,
  'spec.postCompleteLabels': textMap,
  'spec.postCompleteLabels.{}': text,
  ...below('spec.prepare', container),
  'spec.priorityClassName': text,
  'spec.secrets': list,
  'spec.secrets.[]': { type: 'object', required: ['name', 'path'] },
  'spec.secrets.[].defaultMode': int32,
  'spec.secrets.[].ignoreUpdates': yesNo,
  'spec.secrets.[].name': text,
  'spec.secrets.[].path': text,
  'spec.serviceAccountName': text,
  'spec.tolerations': list,
  'spec.tolerations.[]': { type: 'object' },
  'spec.tolerations.[].effect': text,
  'spec.tolerations.[].key': text,
  'spec.tolerations.[].operator': text,
  'spec.tolerations.[].tolerationSeconds': int64,
  'spec.tolerations.[].value': text,
  ...below('spec.upgrade', container),
  'spec.version': text,
  'spec.window': { type: 'object' },
  'spec.window.days': { ...list, minItems: 1 },
  'spec.window.days.[]': { ...text, enum: days },
  'spec.window.endTime': text,
  'spec.window.startTime': text,
  'spec.window.timeZone': text,
  status: { type: 'object' },
  'status.applying': list,
  'status.applying.[]': text,
  'status.conditions': { ...list, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
  'status.conditions.[]': { type: 'object', required: ['status', 'type'] },
  'status.conditions.[].lastTransitionTime': text,
  'status.conditions.[].lastUpdateTime': text,
  'status.conditions.[].message': text,
  'status.conditions.[].reason': text,
  'status.conditions.[].status': text,
  'status.conditions.[].type': text,
  'status.latestHash': text,
  'status.latestVersion': text,
}

describe('the schema of a Plan', () => {
  it('has the fields of system-upgrade-controller, no more and no fewer', () => {
    expect([...fields(planSchema())].map(([path]) => path).sort()).toEqual(Object.keys(expected).sort())
  })

  it.each(Object.entries(expected))('%s has its type and rules', (path, rules) => {
    const { description, properties, items, additionalProperties, ...own } = (path === '' ? planSchema() : at(path)) ?? {}
    const values = additionalProperties && { additionalProperties: { type: additionalProperties.type } }
    expect({ ...own, ...values }).toEqual(rules)
  })

  it('point 18: requires spec.upgrade, and within it the image', () => {
    expect(at('spec')?.required).toEqual(['upgrade'])
    expect(at('spec.upgrade')?.required).toEqual(['image'])
  })

  it('point 31: knows days by their lower-case names only, and wants at least one', () => {
    expect(at('spec.window.days')?.minItems).toBe(1)
    expect(at('spec.window.days.[]')?.enum).not.toContain('never')
    expect(at('spec.window.days.[]')?.enum).toHaveLength(28)
  })

  it('describes every field that a person writes or reads', () => {
    const silent = [...fields(planSchema())].filter(([path, s]) => s.description === undefined && !/(^metadata|\[\]|\{\})$/.test(path))
    expect(silent.map(([path]) => path)).toEqual([])
  })
})
