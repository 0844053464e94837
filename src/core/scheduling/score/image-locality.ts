import { highestScore, type ScorePlugin, scoresOf } from './score-plugin.ts'

const mebibyte = 1024 * 1024
/** Smaller images are fetched as fast as they are found. Source: kube-scheduler, ImageLocality. */
const smallestBytes = 23 * mebibyte
const largestBytesPerContainer = 1_000 * mebibyte

/** Prefers nodes that have the pod's images already, the more so the more nodes have them. Source: kube-scheduler, ImageLocality. */
export const imageLocality: ScorePlugin = ({ pod, cache }, nodes) => {
  const containers = pod.pod.spec?.containers ?? []
  const images = containers.map(({ image = '' }) => withTag(image)).filter((name) => cache.imageNodes(name) > 0)
  if (images.length === 0) return undefined
  const shares = images.map((name) => ({ name, share: cache.imageNodes(name) / cache.nodes().length }))
  const largest = largestBytesPerContainer * containers.length
  return scoresOf(nodes, (node) => {
    const bytes = shares.reduce((sum, { name, share }) => sum + Math.trunc((node.images.get(name) ?? 0) * share), 0)
    const counted = Math.min(Math.max(bytes, smallestBytes), largest)
    return Math.trunc((highestScore * (counted - smallestBytes)) / (largest - smallestBytes))
  })
}

function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image
}
