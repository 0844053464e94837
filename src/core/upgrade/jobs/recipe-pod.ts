import type { Container, PodSpec, SecurityContext } from 'kubernetes-types/core/v1.js'
import { taggedImage } from '../../plan/image-reference.ts'
import { hostnameOf } from '../../plan/node-selection.ts'
import { orderDigest, type RecipeOrder } from '../../recipe/recipe-order.ts'
import { mungeVersion } from '../../version/kubernetes-version.ts'
import type { UpgradeWork } from './upgrade-image.ts'
import type { UpgradeJobInput } from './upgrade-job-input.ts'

type RecipeWork = Extract<UpgradeWork, { kind: 'Recipe' }>

const folder = '/binary'
const volume = 'binary'

/** May write to the shared folder, and nothing else. */
const harmless: SecurityContext = {
  runAsUser: 65_534,
  runAsGroup: 65_534,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

/**
 * The pod that carries out a recipe: the image that holds the binary copies it into a folder of the pod, without any rights; then Falkirk
 * looks at it (`Stage`), or changes the host (`Change`). Only the latter is privileged: it enters the host's namespaces, and mounts nothing of it.
 */
export function recipePodSpec(input: UpgradeJobInput, work: RecipeWork): PodSpec {
  const changes = input.step === 'Change'
  return {
    ...(changes ? { hostPID: true } : {}),
    // needs no pod network: a node in the middle of a change may have none
    hostNetwork: true,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    nodeSelector: { 'kubernetes.io/hostname': hostnameOf(input.node) },
    tolerations: [{ operator: 'Exists' }],
    initContainers: [binaryContainer(input, work)],
    containers: [runner(input, work)],
    volumes: [{ name: volume, emptyDir: { sizeLimit: '1Gi' } }],
  }
}

/** Where any binary of the version has an address, each is fetched: which one, the container tells by its own architecture. */
function binaryContainer(input: UpgradeJobInput, work: RecipeWork): Container {
  const order = recipeOrder(input, work)
  const source = Object.keys(order.url).length > 0 ? fetched(order, work) : copied(input, work)
  return {
    name: 'binary',
    imagePullPolicy: 'IfNotPresent',
    ...source,
    securityContext: harmless,
    volumeMounts: [{ name: volume, mountPath: folder }],
  }
}

function fetched(order: RecipeOrder, { spec }: RecipeWork): Pick<Container, 'image' | 'command' | 'args'> {
  return { image: spec.runnerImage, command: ['/bin/falkirk', 'node', 'fetch-binary'], args: orderFlags(order) }
}

function orderFlags(order: RecipeOrder): string[] {
  return [`--order=${JSON.stringify(order)}`, `--digest=${orderDigest(order)}`, `--binary=${binaryFile(order.recipe)}`]
}

function copied({ version }: UpgradeJobInput, { recipe, spec }: RecipeWork): Pick<Container, 'image' | 'command'> {
  const { image = `rancher/${recipe}-upgrade`, path = `/opt/${recipe}` } = spec.binary ?? {}
  return { image: taggedImage(image, mungeVersion(version)).image, command: ['cp', path, binaryFile(recipe)] }
}

function runner(input: UpgradeJobInput, work: RecipeWork): Container {
  const flags = orderFlags(recipeOrder(input, work))
  const changes = input.step === 'Change'
  return {
    name: changes ? 'upgrade' : 'stage',
    image: work.spec.runnerImage,
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/falkirk', 'node', changes ? 'run-steps' : 'check-binary'],
    args: changes ? [...flags, `--attempt=${input.attempt}`] : flags,
    env: [{ name: 'SYSTEM_UPGRADE_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    securityContext: changes ? { privileged: true, runAsUser: 0, runAsGroup: 0, readOnlyRootFilesystem: true } : harmless,
    volumeMounts: [{ name: volume, mountPath: folder, readOnly: true }],
  }
}

/** What the node is asked to do. Checksums of other versions are not its concern; where there are some, its own has to be among them. */
function recipeOrder({ runUid, version }: UpgradeJobInput, { recipe, spec }: RecipeWork): RecipeOrder {
  const named = spec.binary?.checksums ?? []
  const own = named.filter((one) => one.version === version)
  const sha256 = own.map((one) => [one.architecture, one.sha256] as const)
  const url = own.flatMap((one) => (one.url === undefined ? [] : [[one.architecture, one.url] as const]))
  return { recipe, run: runUid, version, pinned: named.length > 0, sha256: Object.fromEntries(sha256), url: Object.fromEntries(url) }
}

function binaryFile(recipe: string): string {
  return `${folder}/${recipe}`
}
