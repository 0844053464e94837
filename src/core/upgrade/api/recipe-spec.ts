import { z } from 'zod'

/** Architectures as Kubernetes names them. */
const Checksum = z
  .strictObject({
    version: z.string().min(1).describe('Version of the binary, such as v1.34.2+k3s1; one of each hop.'),
    architecture: z.enum(['amd64', 'arm64', 'arm', 's390x']).describe('Architecture of the nodes that it is for.'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('SHA-256 of the binary, 64 lower-case hex digits.'),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s@/]{1,250}(\/[^\s]{0,1000})?$/)
      .describe(
        'Address from which the node fetches the binary, without a name and password; it is copied out of binary.image when left out, and over SSH fetched from binary.url.',
      )
      .exactOptional(),
    file: z
      .string()
      .regex(/^[a-z0-9][\w.-]{0,100}$/)
      .describe(
        'Over SSH: name of the file in the release, such as kubelet or k3s-airgap-images-amd64.tar.zst; the program of k3s or RKE2 when left out.',
      )
      .exactOptional(),
  })
  .describe('What a binary, or another file of a release, has to be.')

const RecipeBinary = z
  .strictObject({
    image: z
      .string()
      .min(1)
      .describe(
        'Image that holds the binary; it is copied out of it by cp. Without a tag the version of the hop is its tag; rancher/k3s-upgrade or rancher/rke2-upgrade when left out.',
      )
      .exactOptional(),
    path: z
      .string()
      .regex(/^\/[\w./-]{1,200}$/)
      .describe('Path of the binary in the image; /opt/k3s or /opt/rke2 when left out.')
      .exactOptional(),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s@/]{1,250}\/\S{0,1000}$/)
      .refine((text) => text.includes('{file}') && text.includes('{version}'), { error: 'needs {version} and {file} in it' })
      .describe(
        'Over SSH: address of the files of each release, with {version}, {file} and, where it has one, {architecture}; hosts fetch them from there.',
      )
      .exactOptional(),
    checksums: z
      .array(Checksum)
      .max(200)
      .describe(
        'What the binaries have to be. Where any are named, a binary without one is refused; otherwise it is whatever the image holds.',
      )
      .exactOptional(),
  })
  .describe('Where the new binary comes from.')

/** How Falkirk's own recipes are carried out. */
export const RecipeSpec = z
  .strictObject({
    runnerImage: z
      .string()
      .min(1)
      .describe(
        'Image of Falkirk, of the same version as the controller: it carries out the steps. The image that the controller itself runs from when left out.',
      )
      .exactOptional(),
    binary: RecipeBinary.exactOptional(),
  })
  .describe(
    "Changes the node by Falkirk's own recipe: with Jobs that of k3s or RKE2 instead of an upgrade image; over SSH what replaces programs of no package.",
  )
export type RecipeSpec = z.infer<typeof RecipeSpec>

/** The first field of a recipe that is of no use the way that nodes are changed; undefined when each is. */
export function strayField({ runnerImage, binary = {} }: RecipeSpec, via: 'Job' | 'SSH'): string | undefined {
  const ofJobs = { 'recipe.runnerImage': runnerImage, 'recipe.binary.image': binary.image, 'recipe.binary.path': binary.path }
  const ofHosts = { 'recipe.binary.url': binary.url, 'recipe.binary.checksums[].file': binary.checksums?.find(({ file }) => file)?.file }
  return Object.entries(via === 'SSH' ? ofJobs : ofHosts).find(([, value]) => value !== undefined)?.[0]
}
