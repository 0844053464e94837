/** The end of a certificate as it stands in it (`261204000000Z`, `20510101000000Z`), ms since 1970. Source: RFC 5280, 4.1.2.5: two digits below 50 are of 20xx. */
export function certificateEndMs(text: string): number {
  const digits = text.slice(0, -1)
  const full = digits.length === 14 ? digits : `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}`
  const [year, ...rest] = [full.slice(0, 4), ...Array.from({ length: 5 }, (_, index) => full.slice(4 + 2 * index, 6 + 2 * index))].map(
    Number,
  )
  const [month = 1, day, hours, minutes, seconds] = rest
  return Date.UTC(year ?? 0, month - 1, day, hours, minutes, seconds)
}
