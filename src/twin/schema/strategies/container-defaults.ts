import { defaultPullPolicy } from './image-pull-policy.ts'
import { changeField, changeItems, type Fields, fill } from './json-fields.ts'
import { fieldRefDefaults, resourceFieldDefaults } from './volume-defaults.ts'

const always = { resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }
const probes = ['livenessProbe', 'readinessProbe', 'startupProbe']

/** A container with what the API server fills in. Source: Kubernetes API reference, Container. */
export function containerDefaults(container: Fields, minor: number): Fields {
  const image = typeof container.image === 'string' ? container.image : ''
  let filled = fill(container, { ...always, imagePullPolicy: defaultPullPolicy(image) })
  filled = changeItems(filled, 'ports', (port) => fill(port, { protocol: 'TCP' }))
  filled = changeItems(filled, 'env', envDefaults)
  filled = changeField(filled, 'lifecycle', lifecycleDefaults)
  return probes.reduce((current, probe) => changeField(current, probe, (fields) => probeDefaults(fields, minor)), filled)
}

function envDefaults(variable: Fields): Fields {
  return changeField(variable, 'valueFrom', (source) => {
    const withField = changeField(source, 'fieldRef', fieldRefDefaults)
    return changeField(withField, 'resourceFieldRef', resourceFieldDefaults)
  })
}

function lifecycleDefaults(lifecycle: Fields): Fields {
  return changeField(changeField(lifecycle, 'preStop', handlerDefaults), 'postStart', handlerDefaults)
}

function handlerDefaults(handler: Fields): Fields {
  return changeField(handler, 'httpGet', (get) => fill(get, { path: '/', scheme: 'HTTP' }))
}

const probeTimes: Fields = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }

function probeDefaults(probe: Fields, minor: number): Fields {
  const missing = Object.keys(probeTimes).filter((field) => !probe[field])
  const timed = missing.length === 0 ? probe : { ...probe, ...Object.fromEntries(missing.map((field) => [field, probeTimes[field]])) }
  const served = minor >= 24 ? changeField(timed, 'grpc', (grpc) => fill(grpc, { service: '' })) : timed
  return handlerDefaults(served)
}
