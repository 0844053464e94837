import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const licenceFile = /^(licen[cs]e|copying|notice)(\.|-|$)/i

/**
 * The licence texts of the packages whose files are in a bundle, one section a package, sorted by name.
 * @param {string} root Folder of `node_modules`.
 * @param {readonly string[]} inputs Files in the bundle, relative to `root`, as esbuild's metafile names them.
 */
export function licenceTexts(root, inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const files = readdirSync(join(root, folder))
      .filter((file) => licenceFile.test(file))
      .sort()
    const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim())
    // the package is under this program's own licence and brings no text of it
    if (texts.length === 0 && license === 'Apache-2.0') texts.push(readFileSync(join(root, 'LICENSE'), 'utf8').trim())
    return [`${name} ${version} (${license})`, ...texts].join('\n\n')
  })
  return `${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

/**
 * `node_modules/a/node_modules/@b/c/x.js` is a file of `node_modules/a/node_modules/@b/c`.
 * @param {string} input
 * @returns {string | undefined}
 */
function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0]
}
