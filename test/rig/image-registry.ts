import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { stringify } from 'yaml'
import { command } from './command.ts'
import { debianProgram } from './debian-program.ts'
import { logTail, type OwnedProcess, startProcess } from './owned-process.ts'

/** A real registry (Debian's docker-registry) that hosts use in place of every registry there is. */
export interface ImageRegistry {
  /** `http://ADDRESS:PORT` */
  readonly url: string
  /** Puts an OCI archive in, under the repository and tag of `ref`; the registry's name in `ref` is left out. */
  push(image: { ref: string; archive: string }): Promise<void>
  stop(): Promise<void>
}

/** Starts one on `address`, with its data in `folder`. */
export async function startImageRegistry(folder: string, address: string): Promise<ImageRegistry> {
  const registry = await debianProgram('docker-registry', 'usr/bin/docker-registry')
  // an address that only this run has: every port on it is free
  const port = 5000
  mkdirSync(folder, { recursive: true })
  const config = {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: `${address}:${port}` },
  }
  writeFileSync(join(folder, 'config.yml'), stringify(config))
  const logFile = join(folder, 'registry.log')
  const server = startProcess({ name: 'docker-registry', command: [registry, 'serve', join(folder, 'config.yml')], logFile })
  const url = `http://${address}:${port}`
  await untilServing(url, server)
  const homes: BlobHomes = new Map()
  return {
    url,
    push: (image) => push(url, image, homes),
    async stop() {
      await server.stop('SIGKILL')
    },
  }
}

async function untilServing(url: string, server: OwnedProcess): Promise<void> {
  for (;;) {
    const status = await request(`${url}/v2/`).then(
      async ({ statusCode, body }) => {
        await body.dump()
        return statusCode
      },
      () => 0,
    )
    if (status === 200) return
    if (!server.running) throw new Error(`the registry ended by itself:\n${logTail(server.logFile)}`)
    await sleep(50)
  }
}

/** By digest: a repository that has the blob, from which another can take it without an upload. */
type BlobHomes = Map<string, string>

interface Manifest {
  config: { digest: string }
  layers: { digest: string }[]
}

async function push(url: string, image: { ref: string; archive: string }, homes: BlobHomes): Promise<void> {
  const { repository, tag } = place(image.ref)
  const layout = mkdtempSync(join(tmpdir(), 'falkirk-image-'))
  try {
    await command('tar', ['-xf', image.archive, '-C', layout])
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string; mediaType: string }[] }
    const [described] = index.manifests
    if (described === undefined) throw new Error(`${image.archive} has no image in it`)
    const manifest = readFileSync(blob(layout, described.digest))
    const { config, layers } = JSON.parse(manifest.toString('utf8')) as Manifest
    for (const { digest } of [config, ...layers]) {
      const from = homes.get(digest) ?? repository
      await pushBlob(`${url}/v2/${repository}/blobs`, { digest, from, file: blob(layout, digest) })
      homes.set(digest, repository)
    }
    const answer = await request(`${url}/v2/${repository}/manifests/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': described.mediaType },
      body: manifest,
    })
    await expectStatus(answer, 201, `the manifest of ${image.ref}`)
  } finally {
    rmSync(layout, { recursive: true, force: true })
  }
}

async function pushBlob(blobs: string, { digest, from, file }: { digest: string; from: string; file: string }): Promise<void> {
  const begun = await request(`${blobs}/uploads/?${new URLSearchParams({ mount: digest, from })}`, { method: 'POST' })
  if (begun.statusCode === 201) return await begun.body.dump()
  await expectStatus(begun, 202, `an upload to ${blobs}`)
  const location = new URL(String(begun.headers.location), blobs)
  location.searchParams.set('digest', digest)
  const sent = await request(location, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(statSync(file).size) },
    body: createReadStream(file),
  })
  await expectStatus(sent, 201, `the blob ${digest}`)
}

async function expectStatus(
  answer: { statusCode: number; body: { text(): Promise<string> } },
  status: number,
  what: string,
): Promise<void> {
  const text = await answer.body.text()
  if (answer.statusCode !== status) throw new Error(`the registry answered ${answer.statusCode} to ${what}: ${text.slice(0, 300)}`)
}

/** `docker.io/rancher/kubectl:v1` is the repository `rancher/kubectl` with the tag `v1`, on whichever registry. */
function place(ref: string): { repository: string; tag: string } {
  const colon = ref.lastIndexOf(':')
  const [, ...path] = ref.slice(0, colon).split('/')
  return { repository: path.join('/'), tag: ref.slice(colon + 1) }
}

function blob(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'))
}
