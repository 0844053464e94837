# Completion of falkirk for PowerShell:  falkirk completion powershell | Out-String | Invoke-Expression
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
        $value, $description = $line.Split("`t", 2)
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
    # nothing at all lets PowerShell propose names of files, an empty text does not
    if ($candidates.Count -eq 0 -and ($directive -band 4)) { '' }
}
