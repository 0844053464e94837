/** A script as it stands, backslashes included; where the shell is to see `${`, it says `\${`. */
export function shellText({ raw }: TemplateStringsArray): string {
  return raw.join('').replaceAll('\\${', '${')
}
