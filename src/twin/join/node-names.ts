/** Names for joined nodes, `twin-001` and so on: each once, and none that `taken` has. Endless. */
export function* freeNodeNames(taken: ReadonlySet<string>): Generator<string, never> {
  for (let number = 1; ; number += 1) {
    const name = `twin-${String(number).padStart(3, '0')}`
    if (!taken.has(name)) yield name
  }
}
