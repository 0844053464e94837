import { FalkirkError } from '../core/falkirk-error.ts'
import { nearestText } from '../core/nearest-text.ts'
import { type KubernetesVersion, parseVersion } from '../core/version/kubernetes-version.ts'
import { type Distribution, distributions } from '../twin/machine/distribution.ts'

/** Minors of Kubernetes 1 that a twin can be. */
const oldestMinor = 14
const newestMinor = 37

/** The value of --distribution. Throws FK_BAD_SETTING. */
export function distributionOf(text: string): Distribution {
  const known = distributions.find((one) => one === text)
  if (known !== undefined) return known
  const near = nearestText(text, distributions)
  throw bad(`--distribution is "${text}": write ${distributions.join(', ')}${near === undefined ? '' : `; is it ${near}?`}`)
}

/** The value of --version; `1.30` is `v1.30.0`. Throws FK_BAD_SETTING. */
export function kubernetesVersionOf(text: string): KubernetesVersion {
  const version = parseVersion(/^v?1\.\d{1,3}$/.test(text) ? `${text}.0` : text)
  if (version?.major !== 1) throw bad(`--version is "${text}": write a version of Kubernetes such as v1.30.4`)
  if (version.minor < oldestMinor || version.minor > newestMinor) {
    throw bad(`--version is "${text}": a sandbox can be any version from v1.${oldestMinor} to v1.${newestMinor}`)
  }
  return version
}

/** The value of --speed, `10x` or `10`. Throws FK_BAD_SETTING. */
export function speedOf(text: string): number {
  const speed = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1])
  if (speed >= 0.1 && speed <= 1000) return speed
  throw bad(`--speed is "${text}": write how many times as fast as real time, from 0.1x to 1000x`)
}

/** The value of --seed. Throws FK_BAD_SETTING. */
export function seedOf(text: string): number {
  return wholeNumber('--seed', text, { least: 0, most: 2 ** 32 - 1 })
}

/** The value of --nodes. Throws FK_BAD_SETTING. */
export function nodeCountOf(text: string): number {
  return wholeNumber('--nodes', text, { least: 1, most: 20_000 })
}

/** Both bounds included. Throws FK_BAD_SETTING. */
export function wholeNumber(flag: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw bad(`${flag} is "${text}": write a whole number from ${least} to ${most}`)
}

export function bad(message: string): FalkirkError {
  return new FalkirkError('FK_BAD_SETTING', message)
}
