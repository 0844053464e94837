/** Numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  // mulberry32: small, and good enough to choose moments
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
