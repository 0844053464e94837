/** No vowels and nothing that is easily misread, so that no words come out. Source: Kubernetes, apimachinery util/rand. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffixLength = 5
/** Of a name made of a prefix, before the suffix. Source: Kubernetes, apiserver storage/names. */
const longestPrefix = 63 - suffixLength

/** A name for an object that has only `generateName`: the prefix and five characters. `random` gives numbers in [0, 1). */
export function generatedName(prefix: string, random: () => number): string {
  let name = prefix.slice(0, longestPrefix)
  for (let i = 0; i < suffixLength; i += 1) name += alphabet[Math.floor(random() * alphabet.length)]
  return name
}

/** A UUID of version 4. `random` gives numbers in [0, 1). */
export function newUid(random: () => number): string {
  const hex = word(random) + word(random) + word(random) + word(random)
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** In two halves: the digits of a number that small are found without a division of floating point numbers. */
function word(random: () => number): string {
  const number = Math.floor(random() * 2 ** 32)
  return fourDigits(number >>> 16) + fourDigits(number & 0xffff)
}

function fourDigits(number: number): string {
  return (number + 0x10000).toString(16).slice(1)
}
