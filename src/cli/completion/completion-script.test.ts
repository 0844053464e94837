import { describe, expect, it } from 'vitest'
import { completionScript } from './completion-script.ts'

/** What is left of a script of PowerShell without its comments and the insides of its strings. */
function bare(script: string): string {
  return script.replaceAll(/'[^']*'|"(?:`.|[^"`])*"|#.*$/gm, '')
}

/** Brackets that have no partner, in the order in which they stand. */
function unpaired(text: string): string {
  const open: string[] = []
  const partner: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
  for (const sign of text.replaceAll(/[^()[\]{}]/g, '')) {
    if (partner[sign] !== undefined && partner[sign] === open.at(-1)) open.pop()
    else open.push(sign)
  }
  return open.join('')
}

// the other shells run theirs in test/twin; of PowerShell there is none on the machines that test
describe('the script of PowerShell', () => {
  const script = completionScript('powershell')

  it('is the one that was read', async () => {
    await expect(script).toMatchFileSnapshot('testdata/completion.ps1')
  })

  it('has a partner for each bracket and each quotation mark', () => {
    expect(unpaired(bare(script))).toBe('')
    expect(bare(script)).not.toMatch(/['"]/)
  })

  it('asks the program by the words that it knows', () => {
    expect(script).toContain('falkirk __complete powershell $typed')
    expect(script).toMatch(/^Register-ArgumentCompleter -Native -CommandName falkirk -ScriptBlock \{$/m)
  })
})
