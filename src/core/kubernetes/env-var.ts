import { z } from 'zod'
import { ReferencedName } from './object-reference.ts'

const atomic = { 'x-kubernetes-map-type': 'atomic' }

/** How `resource.Quantity` is written. Source: Kubernetes API reference, Quantity. */
const quantityPattern =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$'

function keySelector(kind: 'ConfigMap' | 'Secret') {
  return z
    .object({
      key: z.string().describe(`Key in the ${kind}.`),
      name: ReferencedName,
      optional: z.boolean().describe(`When true, the pod starts even if the ${kind} or the key is missing.`).exactOptional(),
    })
    .meta(atomic)
    .describe(`Takes the value from one key of a ${kind} in the Plan's namespace.`)
}

const ObjectFieldSelector = z
  .object({
    apiVersion: z.string().describe('API version that fieldPath is written for; v1 when left out.').exactOptional(),
    fieldPath: z.string().describe('Path of the field, such as spec.nodeName.'),
  })
  .meta(atomic)
  .describe('Takes the value from a field of the pod: its name, namespace, labels, annotations, node, service account or addresses.')

const FileKeySelector = z
  .object({
    key: z.string().describe('Key in the file.'),
    optional: z.boolean().default(false).describe('When true, a missing file or key leaves the variable unset instead of failing the pod.'),
    path: z.string().describe('Relative path of the file within the volume, without "..".'),
    volumeName: z.string().describe('Name of the volume that holds the file.'),
  })
  .meta(atomic)
  .describe('Takes the value from a key of an env file in a volume (feature gate EnvFiles).')

const ResourceFieldSelector = z
  .object({
    containerName: z.string().describe('Name of the container; the own one when left out.').exactOptional(),
    divisor: z
      .union([z.int(), z.string()])
      .meta({ 'x-kubernetes-int-or-string': true, pattern: quantityPattern })
      .describe('Unit to express the amount in; 1 when left out.')
      .exactOptional(),
    resource: z.string().describe('Resource to read, such as limits.memory.'),
  })
  .meta(atomic)
  .describe('Takes the value from a request or limit of a container.')

const EnvVarSource = z
  .object({
    configMapKeyRef: keySelector('ConfigMap').exactOptional(),
    fieldRef: ObjectFieldSelector.exactOptional(),
    fileKeyRef: FileKeySelector.exactOptional(),
    resourceFieldRef: ResourceFieldSelector.exactOptional(),
    secretKeyRef: keySelector('Secret').exactOptional(),
  })
  .describe('Where the value comes from, in place of a literal value.')

/** One environment variable of a container. Source: Kubernetes API reference, EnvVar. */
export const EnvVar = z
  .object({
    name: z.string().describe('Name of the variable.'),
    value: z
      .string()
      .describe('Literal value; $(NAME) refers to a variable defined before, $$(NAME) stands for the text itself.')
      .exactOptional(),
    valueFrom: EnvVarSource.exactOptional(),
  })
  .describe('One environment variable.')
export type EnvVar = z.infer<typeof EnvVar>

function envSource(kind: 'ConfigMap' | 'Secret') {
  return z
    .object({
      name: ReferencedName,
      optional: z.boolean().describe(`When true, the pod starts even if the ${kind} is missing.`).exactOptional(),
    })
    .meta(atomic)
    .describe(`Takes all keys of a ${kind} in the Plan's namespace.`)
}

/** A whole ConfigMap or Secret as environment variables. Source: Kubernetes API reference, EnvFromSource. */
export const EnvFromSource = z
  .object({
    configMapRef: envSource('ConfigMap').exactOptional(),
    prefix: z.string().describe('Text put in front of each key to form the name of the variable.').exactOptional(),
    secretRef: envSource('Secret').exactOptional(),
  })
  .describe('All keys of a ConfigMap or a Secret as environment variables.')
export type EnvFromSource = z.infer<typeof EnvFromSource>
