import { z } from 'zod'

/** A block device by its one path: no pattern, no way back by `..`, and no name that what is on the disk has given it, as formatting gives it another. */
export const DiskPath = z
  .string()
  .refine((text) => /^\/dev(?:\/(?!\.{1,2}(?:\/|$))[\w.+:@=-]{1,120}){1,6}$/.test(text), {
    error: 'is no path of one disk: write it in full, without patterns, such as /dev/vg0/docker',
  })
  .refine((text) => !/^\/dev\/disk\/by-(?:uuid|label)\//.test(text), {
    error: 'is gone as soon as the disk is formatted: name the disk itself, such as /dev/vg0/docker (readlink -f says which one it is)',
  })
