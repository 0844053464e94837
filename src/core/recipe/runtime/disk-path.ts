import { z } from 'zod'

/** A block device by its one path: no pattern, no way back by `..`. */
export const DiskPath = z.string().refine((text) => /^\/dev(?:\/(?!\.{1,2}(?:\/|$))[\w.+:@=-]{1,120}){1,6}$/.test(text), {
  error: 'is no path of one disk: write it in full, without patterns, such as /dev/vg0/docker',
})
