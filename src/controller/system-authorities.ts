import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FalkirkError } from '../core/falkirk-error.ts'

/** Where distributions keep their authorities in one file; the first that is there counts. Source: Go's crypto/x509 for Linux. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * The machine's own authorities, PEM: what the file in SSL_CERT_FILE or the distribution's bundle holds, and all files of the folders in
 * SSL_CERT_DIR. Manifests that mount the host's /etc/ssl into the pod rely on them. Throws FK_BAD_SETTING when SSL_CERT_FILE cannot be read.
 */
export function systemAuthorities(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return [...bundle(env.SSL_CERT_FILE), ...folders(env.SSL_CERT_DIR)]
}

function bundle(named: string | undefined): readonly string[] {
  if (!named) return bundles.flatMap((file) => readOptional(file)).slice(0, 1)
  try {
    return [readFileSync(named, 'utf8')]
  } catch (cause) {
    throw new FalkirkError('FK_BAD_SETTING', `SSL_CERT_FILE names ${named}, which cannot be read: mount it or unset the variable`, {
      cause,
    })
  }
}

function folders(list: string | undefined): readonly string[] {
  if (!list) return []
  return list.split(':').flatMap((folder) => filesOf(folder).flatMap((file) => readOptional(join(folder, file))))
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readOptional(file: string): readonly string[] {
  try {
    return [readFileSync(file, 'utf8')]
  } catch {
    return []
  }
}
