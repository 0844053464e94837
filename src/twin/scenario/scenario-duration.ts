import * as z from 'zod'
import { parseGoDuration } from '../../core/plan/go-duration.ts'

/** A duration as people write it, `90s`, `5m`, `1h30m`; milliseconds once it has been read. Not negative, at most a year. */
export const Duration = z
  .string()
  .refine((text) => isDuration(text), { message: 'is no duration: write one such as 30s, 5m or 1h30m' })
  .transform((text) => (parseGoDuration(text) ?? 0) / 1e6)

function isDuration(text: string): boolean {
  const nanoseconds = parseGoDuration(text)
  return nanoseconds !== undefined && nanoseconds >= 0 && nanoseconds <= 366 * 86_400e9
}
