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
        'Address from which the node fetches the binary, without a name and password; it is copied out of binary.image when left out.',
      )
      .exactOptional(),
  })
  .describe('What a binary has to be.')

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
    checksums: z
      .array(Checksum)
      .max(200)
      .describe(
        'What the binaries have to be. Where any are named, a binary without one is refused; otherwise it is whatever the image holds.',
      )
      .exactOptional(),
  })
  .describe('Where the new binary comes from.')

/** How Falkirk's own recipes for k3s and RKE2 are carried out. */
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
  .describe("Changes the node by Falkirk's own recipe for k3s or RKE2 instead of an upgrade image.")
export type RecipeSpec = z.infer<typeof RecipeSpec>
