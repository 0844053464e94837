import { bootstrap } from './bootstrap.mjs'
import { changedFiles, goldenFiles } from './golden-files.mjs'
import { program } from './run.mjs'
import { runVitest } from './vitest.mjs'

/** Rewrites the golden files from what the code makes now, and names those that changed: the review reads their diff. */
await program(async () => {
  await bootstrap()
  const before = goldenFiles()
  const { code } = await runVitest({ args: [...process.argv.slice(2), '--update'], env: { FALKIRK_GOLDEN: '1' }, live: true })
  const changed = changedFiles(before, goldenFiles())
  process.stdout.write(changed.length === 0 ? 'no golden file changed\n' : `changed:\n${changed.map((file) => `  ${file}\n`).join('')}`)
  return code
})
