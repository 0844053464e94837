import { stringify } from 'yaml'

/**
 * YAML of `-o yaml`. kubectl and many libraries read YAML 1.1, which takes more words for something else than text: `on` and `no` for booleans, times for
 * dates. Such texts are quoted.
 */
export function yamlText(data: unknown): string {
  return stringify(data, { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 0 })
}
