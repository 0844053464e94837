import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { isDnsSubdomain } from '../kubernetes/dns-name.ts'

/**
 * Makes a text at most 63 characters long: a longer one keeps its first 57 characters, `-`, and 5 hex digits of its SHA-256;
 * when the 57th is no lower-case letter or digit it keeps 56, `-` and 6 digits.
 * Source: system-upgrade-controller v0.20; vectors in the tests.
 */
export function shortenName(text: string): string {
  return shorten(text, text)
}

/** Like `shortenName`, but the digits come from another text, so that two texts that read alike stay apart. */
function shorten(text: string, identity: string): string {
  if (text.length < 64) return text
  const keep = /[a-z0-9]/.test(text.charAt(56)) ? 57 : 56
  return `${text.slice(0, keep)}-${hexDigest(identity).slice(0, 62 - keep)}`
}

function hexDigest(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** What a Job's name is made of. */
export interface JobNameInput {
  readonly planName: string
  readonly nodeName: string
  /** `status.latestHash` of the Plan. */
  readonly hash: string
  /** Another node has the same first DNS label: a digest of the whole node name goes in. */
  readonly distinct?: boolean
}

/**
 * The name of the Job that upgrades a node: `apply-PLAN-on-NODE-with-HASH`, NODE being the first DNS label of the node's name, shortened to 63 characters.
 * Where that is no valid name (capitals, a cut beside a dot), every other character becomes `-`.
 * Source: system-upgrade-controller v0.20, whose names are the same wherever they are valid and unique.
 */
export function jobName({ planName, nodeName, hash, distinct = false }: JobNameInput): string {
  const label = nodeName.split('.', 1)[0] ?? ''
  const node = distinct ? `${label}-${hexDigest(nodeName).slice(0, 8)}` : label
  const full = `apply-${planName}-on-${node}-with-${hash}`
  const name = shortenName(full)
  return isDnsSubdomain(name) ? name : shorten(full.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), full)
}
