import type { Asker } from './shell-answer.ts'

/** Shells that have a script; kubectl brings its own. */
export type Shell = Exclude<Asker, 'kubectl'>

// Each of them hands the words to `falkirk __complete` and shows what comes back: candidates line by line, then `:` and a number, in which 2 is "no blank
// behind it" and 4 "no names of files". Nothing that stands on the command line is run or expanded.

const bash = `# Completion of falkirk for bash, 3.2 and newer:  source <(falkirk completion bash)
_falkirk() {
  local line directive=0
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      ?*) COMPREPLY+=("$line") ;;
    esac
  done < <(falkirk __complete bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  if type compopt >/dev/null 2>&1; then
    ((directive & 2)) && compopt -o nospace
    ((directive & 4)) && compopt +o default
  fi
  return 0
}
complete -o default -F _falkirk falkirk
`

const zsh = `#compdef falkirk
# Completion of falkirk for zsh:  source <(falkirk completion zsh)
# or as a file _falkirk in a folder of $fpath.
_falkirk() {
  local line value directive=0
  local -a candidates before
  (( CURRENT > 2 )) && before=("\${(@Q)words[2,CURRENT-1]}")
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *$'\\t'*)
        value=\${line%%$'\\t'*}
        candidates+=("\${value//:/\\\\:}:\${line#*$'\\t'}") ;;
      ?*) candidates+=("\${line//:/\\\\:}") ;;
    esac
  done < <(falkirk __complete zsh "\${before[@]}" "\${(Q)PREFIX}" 2>/dev/null)
  if (( \${#candidates} )); then
    if (( directive & 2 )); then
      _describe 'falkirk' candidates -S ''
    else
      _describe 'falkirk' candidates
    fi
  elif (( ! (directive & 4) )); then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files
  fi
}
if [[ \${funcstack[1]} == _falkirk ]]; then
  _falkirk "$@"
elif (( \${+functions[compdef]} )); then
  compdef _falkirk falkirk
fi
`

const fish = `# Completion of falkirk for fish:  falkirk completion fish | source
function __falkirk_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l directive 0
    for line in (falkirk __complete fish $words "$current" 2>/dev/null)
        if string match -q -- ':*' $line
            set directive (string sub -s 2 -- $line)
        else
            printf '%s\\n' $line
        end
    end
    if test $directive -eq 0
        set -l prefix (string match -r -- '^--[^=]+=' $current)
        for file in (__fish_complete_path (string replace -r -- '^--[^=]+=' '' $current))
            printf '%s%s\\n' "$prefix" $file
        end
    end
end
complete -c falkirk -e
complete -c falkirk -f -a '(__falkirk_complete)'
`

const powershell = `# Completion of falkirk for PowerShell:  falkirk completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName falkirk -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $typed = $commandAst.ToString()
    $length = $cursorPosition - $commandAst.Extent.StartOffset
    if ($length -lt $typed.Length) { $typed = $typed.Substring(0, $length) } else { $typed = $typed.PadRight($length) }
    $directive = 0
    $candidates = @()
    foreach ($line in @(falkirk __complete powershell $typed 2>$null)) {
        if ($line.StartsWith(':')) { $directive = [int]$line.Substring(1) } else { $candidates += $line }
    }
    foreach ($line in $candidates) {
        $value, $description = $line.Split("\`t", 2)
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
    # nothing at all lets PowerShell propose names of files, an empty text does not
    if ($candidates.Count -eq 0 -and ($directive -band 4)) { '' }
}
`

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }

/** The script that makes a shell complete `falkirk`. */
export function completionScript(shell: Shell): string {
  return scripts[shell]
}
