import { randomBytes } from 'node:crypto'
import { lstat, open, readFile, rename, rm } from 'node:fs/promises'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { stillServed } from './still-served.ts'

/** The first line of a file that a sandbox has written: such a file may be replaced. */
const mark = '# Written by falkirk sandbox, which removes it when it ends.'

/** Larger than any kubeconfig of a sandbox. */
const mostBytes = 65_536

export interface SandboxAccess {
  readonly url: string
  /** PEM. */
  readonly certificate: string
  readonly token: string
}

/** A kubeconfig as text. JSON is YAML too, and needs no library. */
export function sandboxKubeconfig({ url, certificate, token }: SandboxAccess): string {
  const name = 'falkirk-sandbox'
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(certificate).toString('base64') }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name: `${name}`, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: `${name}` } }],
    'current-context': name,
  }
  return `${mark}\n${JSON.stringify(config, undefined, 2)}\n`
}

/**
 * Refuses a place where a kubeconfig cannot or must not be put: a folder, a link, a file that no sandbox has written, or that of one that is still served.
 * Throws FK_BAD_SETTING.
 */
export async function requireFreePlace(file: string): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unusable(file, error)
  })
  if (found === undefined) return
  const text = found.isFile() && found.size <= mostBytes ? await readFile(file, 'utf8') : ''
  if (!text.startsWith(mark)) {
    throw new FalkirkError('FK_BAD_SETTING', `--kubeconfig ${file} is there already and was not written by a sandbox: name a new file`)
  }
  const url = await stillServed(text)
  if (url === undefined) return
  // whoever uses that one would be in another cluster without knowing
  throw new FalkirkError(
    'FK_BAD_SETTING',
    `--kubeconfig ${file} is of a sandbox that is running (${url}): name a new file, or end that one`,
  )
}

/** Writes it for this user alone (0600), whole or not at all; what a sandbox that has ended has left there is replaced. Throws FK_BAD_SETTING. */
export async function writeKubeconfig(file: string, text: string): Promise<void> {
  await requireFreePlace(file)
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw unusable(file, error)
  }
}

/** Removes it, unless somebody has put something else there. */
export async function removeKubeconfig(file: string, text: string): Promise<void> {
  const there = await readFile(file, 'utf8').catch(() => undefined)
  if (there === text) await rm(file, { force: true })
}

function unusable(file: string, error: unknown): FalkirkError {
  const reason = error instanceof Error ? error.message.replace(/,? [a-z]+ '.*$/, '') : String(error)
  return new FalkirkError('FK_BAD_SETTING', `--kubeconfig ${file} cannot be written (${reason}): name a file in a folder of yours`, {
    cause: error,
  })
}
