import { readFile, stat } from 'node:fs/promises'
import { HostFault } from './host-fault.ts'

/** Reads the first line of a file, once: it may be a pipe (`/dev/fd/3`, `<(pass show sudo)`). @throws HostFault */
export type PasswordFiles = (file: string) => Promise<string>

export function passwordFiles(): PasswordFiles {
  const read = new Map<string, Promise<string>>()
  return (file) => {
    const found = read.get(file) ?? passwordOf(file)
    read.set(file, found)
    return found
  }
}

async function passwordOf(file: string): Promise<string> {
  const about = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw bad(`${file} cannot be read (${error.code})`)
  })
  if (about.isFile() && (about.mode & 0o077) !== 0) throw bad(`${file} may be read by others than its owner: chmod 600 ${file}`)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw bad(`${file} cannot be read (${error.code})`)
  })
  const [line = ''] = text.split(/\r?\n/, 1)
  if (line === '') throw bad(`${file} is empty: write the password that sudo asks for into its first line`)
  if (line.length > 1_000 || line.includes('\0')) throw bad(`${file} holds no password in its first line`)
  return line
}

function bad(says: string): HostFault {
  return new HostFault('BadSetup', `the password file ${says}`)
}
