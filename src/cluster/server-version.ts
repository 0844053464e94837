import * as z from 'zod'
import { FalkirkError } from '../core/falkirk-error.ts'

/** The version an API server reports. */
export interface ServerVersion {
  /** As reported, e.g. `v1.24.17-eks-4f4795d`. */
  readonly gitVersion: string
  readonly major: number
  readonly minor: number
}

const text = z.string().catch('')
const versionInfo = z.object({ gitVersion: text, major: text, minor: text })

/**
 * Reads the answer of `/version`.
 * `gitVersion` counts: vendors write `minor: "24+"`. Only builds that were never stamped (`v0.0.0-master+…`) are read by `major` and `minor`.
 * Throws FK_API_REFUSED when the answer names no version: then it is not an API server that answers.
 */
export function parseServerVersion(answer: unknown): ServerVersion {
  const { gitVersion, major, minor } = versionInfo.catch({ gitVersion: '', major: '', minor: '' }).parse(answer)
  const stamped = /^v?(\d+)\.(\d+)(?=[.+-]|$)/.exec(gitVersion)
  if (stamped !== null && stamped[1] !== '0') return { gitVersion, major: Number(stamped[1]), minor: Number(stamped[2]) }
  const counted = /^(\d+)\D*$/.exec(minor)
  if (/^[1-9]\d*$/.test(major) && counted !== null) {
    return { gitVersion: gitVersion === '' ? `v${major}.${counted[1]}` : gitVersion, major: Number(major), minor: Number(counted[1]) }
  }
  throw new FalkirkError(
    'FK_API_REFUSED',
    `the answer of /version names no Kubernetes version (gitVersion "${gitVersion}"): check the server address`,
  )
}
