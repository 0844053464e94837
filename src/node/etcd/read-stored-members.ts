import { closeSync, openSync, readSync } from 'node:fs'
import { type StoredMember, storedMembers } from '../../core/etcd/stored-members.ts'

/** Reads of a snapshot what its own store has for members; a few pages of a file of any size. */
export function readStoredMembers(file: string): readonly StoredMember[] | undefined {
  const handle = openSync(file, 'r')
  try {
    return storedMembers((at, length) => {
      const bytes = new Uint8Array(length)
      return bytes.subarray(0, readSync(handle, bytes, 0, length, at))
    })
  } finally {
    closeSync(handle)
  }
}
