import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file))

describe('documents', () => {
  it.each(tracked.filter((file) => file.endsWith('.md')))('%s links to what exists', (file) => {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '')
    const local = links.filter((link) => !/^(https?:|mailto:)/.test(link))
    const broken = local.filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? file : join(dirname(file), path)
      return !existsSync(target) || (anchor !== undefined && !headings(target).includes(anchor))
    })
    expect(broken).toEqual([])
  })

  it('the README leads to the decision whether a node may start', () => {
    expect(readFileSync('README.md', 'utf8')).toContain('(src/core/plan/decide-plan.ts)')
  })

  it('docs/adr/README.md lists every decision', () => {
    const pages = readdirSync('docs/adr').filter((file) => /^\d{4}-/.test(file))
    const listed = [...readFileSync('docs/adr/README.md', 'utf8').matchAll(/\((\d{4}-[\w-]+\.md)\)/g)].map((match) => match[1])
    expect(listed).toEqual(pages.sort())
  })
})

describe('docs/plans.md names everything that can be set or seen', () => {
  const page = readFileSync('docs/plans.md', 'utf8')

  function namesIn(files: readonly string[], pattern: RegExp): string[] {
    return [...new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(pattern)].map((match) => match[1] ?? '')))].sort()
  }

  it.each(namesIn(['src/core/plan/plan-settings.ts'], /'((?:SYSTEM_UPGRADE|FALKIRK)_\w+)'/g))('setting %s', (name) => {
    expect(page).toContain(`\`${name}\``)
  })

  it.each(namesIn(['src/controller/metrics.ts'], /'(falkirk_\w+[a-z])'/g))('metric %s', (name) => {
    expect(page).toContain(`\`${name}\``)
  })

  it.each(namesIn(['deploy/base/controller-env.yaml'], /^ {2}(SYSTEM_UPGRADE_\w+):/gm))('setting %s of deploy/base', (name) => {
    expect(page).toContain(`\`${name}\``)
  })
})

it('no file names a folder of one machine or the host of a package registry', () => {
  // put together here, so that this file does not name them
  const hosts = [
    ['registry.npm', 'js.org'],
    ['deb.deb', 'ian.org'],
    ['proxy.gol', 'ang.org'],
  ].map((parts) => parts.join(''))
  const folders = [process.cwd(), `${homedir()}/.cache`, ['/wor', 'k/main'].join(''), ['/wor', 'k/shared'].join('')]
  const text = tracked.filter((file) => !/\.(png|gz|tar|woff2?)$/.test(file))
  const found = text.flatMap((file) => {
    const content = readFileSync(file, 'utf8')
    return [...hosts, ...folders].filter((word) => content.includes(word)).map((word) => `${file}: ${word}`)
  })
  expect(found).toEqual([])
})

/** Anchors of a page, as they are made from its headings. */
function headings(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
