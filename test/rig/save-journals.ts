import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RigHosts } from './rig-hosts.ts'

/** Where FALKIRK_LOGS names a folder, the hosts' journals go there. */
export async function saveJournals({ run, hosts }: RigHosts): Promise<void> {
  const logs = process.env.FALKIRK_LOGS
  if (logs === undefined || logs === '') return
  const folder = join(logs, run.id)
  await mkdir(folder, { recursive: true })
  await Promise.all(
    hosts.map(async (host) => {
      const { stdout, stderr } = await host.attempt('journalctl --no-pager -o short-precise')
      await writeFile(join(folder, `${host.name}.log`), stdout || stderr)
    }),
  )
}
