import { Command } from 'commander'
import { nearestText } from '../core/nearest-text.ts'
import { completionScript, type Shell } from './completion/completion-script.ts'
import { bad } from './flag-values.ts'

const shells: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell']

/** `falkirk completion`: prints the script that makes a shell complete commands, options and what is in the cluster. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that makes your shell complete commands, options and names of the cluster')
    .argument('<shell>', shells.join(', '))
    .addHelpText('after', help)
    .action((text: string) => {
      const shell = shells.find((one) => one === text)
      if (shell !== undefined) return void process.stdout.write(completionScript(shell))
      const near = nearestText(text, shells)
      throw bad(`there is no completion for "${text}": write ${shells.join(', ')}${near === undefined ? '' : `; is it ${near}?`}`)
    })
}

const help = `
bash         source <(falkirk completion bash)           in ~/.bashrc
zsh          source <(falkirk completion zsh)            in ~/.zshrc, after compinit
fish         falkirk completion fish > ~/.config/fish/completions/falkirk.fish
powershell   falkirk completion powershell | Out-String | Invoke-Expression     in $PROFILE`
