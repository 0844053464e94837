/** Does `work` for each of `items`, 16 at a time. The first error ends it when what is under way is done, and is thrown. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values()
  let failed: { readonly error: unknown } | undefined
  const worker = async () => {
    for (const item of waiting) {
      try {
        await work(item)
      } catch (error) {
        failed ??= { error }
      }
      if (failed !== undefined) return
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  if (failed !== undefined) throw failed.error
}
