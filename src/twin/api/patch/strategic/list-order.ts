/** What tells an item of a list from the others: its merge key's value, or itself. */
export type Identity = (item: unknown) => unknown

/** A merged list in two: items that the patch speaks of, and those that only the server knows. */
export interface Partition {
  readonly patched: readonly unknown[]
  readonly serverOnly: readonly unknown[]
}

export function partition(merged: readonly unknown[], patch: readonly unknown[], identity: Identity): Partition {
  const spokenOf = new Set(patch.map(identity))
  return {
    patched: merged.filter((item) => spokenOf.has(identity(item))),
    serverOnly: merged.filter((item) => !spokenOf.has(identity(item))),
  }
}

/**
 * Both parts in one list: the patch's items in the patch's order, the server's in the order that they had, and a server's item before the first
 * item of the patch that came after it.
 */
export function interleaved(
  { patched, serverOnly }: Partition,
  order: { readonly patch: readonly unknown[]; readonly original: readonly unknown[] },
  identity: Identity,
): readonly unknown[] {
  const places = placesIn(order.original, identity)
  const right = sorted(patched, placesIn(order.patch, identity), identity)
  const left = sorted(serverOnly, places, identity)
  const all: unknown[] = []
  let next = 0
  for (const item of right) {
    const place = places.get(identity(item))
    while (place !== undefined && next < left.length && comesBefore(left[next], place)) all.push(left[next++])
    all.push(item)
  }
  return [...all, ...left.slice(next)]

  function comesBefore(item: unknown, place: number): boolean {
    const own = places.get(identity(item))
    return own !== undefined && own < place
  }
}

function placesIn(list: readonly unknown[], identity: Identity): ReadonlyMap<unknown, number> {
  const places = new Map<unknown, number>()
  list.forEach((item, place) => {
    if (!places.has(identity(item))) places.set(identity(item), place)
  })
  return places
}

function sorted(items: readonly unknown[], places: ReadonlyMap<unknown, number>, identity: Identity): readonly unknown[] {
  return items.toSorted((a, b) => (places.get(identity(a)) ?? -1) - (places.get(identity(b)) ?? -1))
}
