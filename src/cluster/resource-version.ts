const decimal = /^[1-9][0-9]*$/

/**
 * Whether `a` is a later resourceVersion than `b` of the same collection.
 * Both must be decimal numbers (of any length); what is not a number is never newer.
 * Source: KEP-5504, comparable resource versions (true of every etcd-backed API since the beginning).
 */
export function isNewer(a: string, b: string): boolean {
  if (!decimal.test(a)) return false
  if (!decimal.test(b)) return true
  return a.length === b.length ? a > b : a.length > b.length
}
