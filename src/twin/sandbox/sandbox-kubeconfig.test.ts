import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../test/loopback/temp-folder.ts'
import { removeKubeconfig, requireFreePlace, sandboxKubeconfig, writeKubeconfig } from './sandbox-kubeconfig.ts'

const text = sandboxKubeconfig({ url: 'https://127.0.0.1:1', certificate: 'PEM', token: 'secret' })

describe('the kubeconfig of a sandbox', () => {
  it('is for its user alone, and nothing else is left beside it', async () => {
    const folder = await tempFolder()
    await writeKubeconfig(join(folder, 'config'), text)
    expect((await stat(join(folder, 'config'))).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['config'])
    expect(await readFile(join(folder, 'config'), 'utf8')).toBe(text)
  })

  it('takes the place of one that an earlier sandbox has left', async () => {
    const file = join(await tempFolder(), 'config')
    await writeKubeconfig(file, sandboxKubeconfig({ url: 'https://127.0.0.1:2', certificate: 'PEM', token: 'old' }))
    await writeKubeconfig(file, text)
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it('goes at the end, unless somebody has put something else there', async () => {
    const file = join(await tempFolder(), 'config')
    await writeKubeconfig(file, text)
    await removeKubeconfig(file, 'something else')
    expect(await readFile(file, 'utf8')).toBe(text)
    await removeKubeconfig(file, text)
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
    await removeKubeconfig(file, text)
  })

  it.each([
    { what: 'a file that is not its own', put: (file: string) => writeFile(file, 'apiVersion: v1\n') },
    { what: 'a folder', put: (file: string) => mkdir(file) },
    { what: 'a link, also to a kubeconfig of its own', put: linkToOwn },
  ])('never overwrites $what', async ({ put }) => {
    const file = join(await tempFolder(), 'config')
    await put(file)
    const refusal = {
      code: 'FK_BAD_SETTING',
      message: `--kubeconfig ${file} is there already and was not written by a sandbox: name a new file`,
    }
    await expect(requireFreePlace(file)).rejects.toMatchObject(refusal)
    await expect(writeKubeconfig(file, text)).rejects.toMatchObject(refusal)
  })

  it('says that its folder is missing', async () => {
    const file = join(await tempFolder(), 'missing', 'config')
    const message = `--kubeconfig ${file} cannot be written (ENOENT: no such file or directory): name a file in a folder of yours`
    await expect(writeKubeconfig(file, text)).rejects.toMatchObject({ code: 'FK_BAD_SETTING', message })
  })
})

async function linkToOwn(file: string): Promise<void> {
  await writeKubeconfig(`${file}.own`, text)
  await symlink(`${file}.own`, file)
}
