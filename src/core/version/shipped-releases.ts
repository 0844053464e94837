import data from './release-data.json' with { type: 'json' }
import { parseReleases, type Releases } from './releases.ts'

/** The release data that Falkirk ships. Reads them anew at each call: keep what it returns. */
export function shippedReleases(): Releases {
  const read = parseReleases(data)
  if (read.kind === 'Invalid') throw new Error(`the release data that are shipped cannot be read: ${read.message}`)
  return read.releases
}
