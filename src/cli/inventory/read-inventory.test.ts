import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/loopback/temp-folder.ts'
import { processPorts } from '../upgrade/terminal.ts'
import { readInventory } from './read-inventory.ts'
import { runInventoryCheck } from './run-inventory-check.ts'

async function inventory(text: string): Promise<string> {
  const file = join(await tempFolder(), 'hosts.yaml')
  await writeFile(file, text)
  return file
}

it('refuses a file of several documents in its own words', async () => {
  const file = await inventory('hosts: {}\n---\nhosts: {}\n')
  await expect(readInventory(file)).rejects.toMatchObject({
    code: 'FK_INVENTORY',
    message: `${file}: line 2: another document begins: an inventory is one`,
  })
})

it('does not call it well when there is no host to look at', async () => {
  const file = await inventory('')
  await expect(runInventoryCheck({ file, cluster: false }, processPorts())).rejects.toMatchObject({
    code: 'FK_INVENTORY',
    message: `${file}: it names no host: write hosts: and below it the names of nodes`,
  })
})
