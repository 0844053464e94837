import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { tarArchive } from './tar.mjs'

/**
 * @typedef {import('./tar.mjs').Entry} Entry
 *
 * The `config` of an image, by the names of the OCI image specification.
 * @typedef {object} ImageConfig
 * @property {string} [User]
 * @property {string[]} [Entrypoint]
 * @property {string[]} [Cmd]
 * @property {string[]} [Env]
 * @property {string} [WorkingDir]
 * @property {Record<string, object>} [ExposedPorts]
 * @property {Record<string, string>} [Labels]
 *
 * @typedef {object} OciImage
 * @property {string} out The archive's path; written beside it first, then renamed.
 * @property {string} ref As in a Pod: `falkirk:dev`, `registry.example.com/falkirk:v1`.
 * @property {readonly (readonly Entry[])[]} layers Lowest first.
 * @property {ImageConfig} [config]
 * @property {'amd64' | 'arm64'} [architecture] `amd64` unless told.
 *
 * @typedef {{ mediaType: string, digest: string, size: number }} Descriptor
 */

/**
 * Writes an image as an OCI archive (a tar of an OCI image layout) with no container engine. containerd, CRI-O, podman and skopeo read it,
 * and `docker load` does by the `manifest.json` beside the layout. The same image gives the same bytes. Layers are not compressed.
 * Source: OCI image-spec v1.1, image-layout and manifest.
 * @param {OciImage} image
 * @returns {{ ref: string, digest: string, size: number }} The full reference, the digest of the manifest, and the archive's size in bytes.
 */
export function writeOciArchive({ out, ref, layers, config = {}, architecture = 'amd64' }) {
  const fullRef = fullReference(ref)
  const layerBlobs = layers.map((entries) => describe('application/vnd.oci.image.layer.v1.tar', () => tarArchive(entries)))
  const configBlob = jsonBlob('application/vnd.oci.image.config.v1+json', {
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layerBlobs.map((layer) => layer.descriptor.digest) },
  })
  const manifestBlob = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: configBlob.descriptor,
    layers: layerBlobs.map((layer) => layer.descriptor),
  })
  const annotations = { 'io.containerd.image.name': fullRef, 'org.opencontainers.image.ref.name': tagOf(fullRef) }
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...manifestBlob.descriptor, annotations, platform: { architecture, os: 'linux' } }],
  }
  const dockerManifest = [{ Config: blobPath(configBlob), RepoTags: [fullRef], Layers: layerBlobs.map((layer) => blobPath(layer)) }]
  /** @type {{ path: string, size: number, bytes: () => Iterable<Uint8Array> }[]} */
  const files = [
    jsonFile('oci-layout', { imageLayoutVersion: '1.0.0' }),
    jsonFile('index.json', index),
    jsonFile('manifest.json', dockerManifest),
  ]
  // Two layers of one content are one blob.
  const blobs = new Map([...layerBlobs, configBlob, manifestBlob].map((blob) => [blobPath(blob), blob]))
  for (const [path, blob] of blobs) files.push({ path, size: blob.descriptor.size, bytes: blob.bytes })
  return { ref: fullRef, digest: manifestBlob.descriptor.digest, size: writeTar(out, files) }
}

/**
 * The reference as a container runtime keeps it: `falkirk:dev` is `docker.io/library/falkirk:dev`, no tag is `latest`.
 * @param {string} ref
 */
export function fullReference(ref) {
  const slash = ref.indexOf('/')
  const first = slash === -1 ? '' : ref.slice(0, slash)
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost'
  const name = hasHost ? ref : slash === -1 ? `docker.io/library/${ref}` : `docker.io/${ref}`
  return name.slice(name.lastIndexOf('/')).includes(':') ? name : `${name}:latest`
}

/** @param {string} fullRef */
function tagOf(fullRef) {
  return fullRef.slice(fullRef.lastIndexOf(':') + 1)
}

/**
 * @typedef {{ descriptor: Descriptor, bytes: () => Iterable<Uint8Array> }} Blob
 *
 * @param {string} mediaType
 * @param {() => Iterable<Uint8Array>} bytes Called once to measure and once to write: a layer is never held in memory as a whole.
 * @returns {Blob}
 */
function describe(mediaType, bytes) {
  const hash = createHash('sha256')
  let size = 0
  for (const piece of bytes()) {
    hash.update(piece)
    size += piece.length
  }
  return { descriptor: { mediaType, digest: `sha256:${hash.digest('hex')}`, size }, bytes }
}

/**
 * @param {string} mediaType
 * @param {unknown} value
 * @returns {Blob}
 */
function jsonBlob(mediaType, value) {
  const body = Buffer.from(JSON.stringify(value))
  return describe(mediaType, () => [body])
}

/**
 * @param {string} path
 * @param {unknown} value
 */
function jsonFile(path, value) {
  const body = Buffer.from(JSON.stringify(value))
  return { path, size: body.length, bytes: () => [body] }
}

/** @param {Blob} blob */
function blobPath(blob) {
  return `blobs/sha256/${blob.descriptor.digest.slice('sha256:'.length)}`
}

/**
 * @param {string} out
 * @param {readonly { path: string, size: number, bytes: () => Iterable<Uint8Array> }[]} files
 * @returns {number} bytes written
 */
function writeTar(out, files) {
  mkdirSync(dirname(out), { recursive: true })
  const partial = `${out}.${process.pid}.partial`
  const file = openSync(partial, 'w')
  let written = 0
  try {
    for (const piece of tarArchive(files.map(({ path, ...pieces }) => ({ kind: 'file', path, pieces })))) {
      for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done)
      written += piece.length
    }
    renameSync(partial, out)
  } finally {
    closeSync(file)
    rmSync(partial, { force: true })
  }
  return written
}
