import type { EtcdHostFacts } from './host-facts.ts'
import type { MemberSettings } from './member-settings.ts'

/** How a script reaches the member of its own host: what `scripts/etcdctl.ts` wants assigned. */
export function clientValues(
  { etcdctl = '', etcdutl = '' }: EtcdHostFacts,
  { endpoint, ca, cert, key }: MemberSettings,
): Readonly<Record<string, string>> {
  return { etcdctl, etcdutl, endpoint, ca, cert, key }
}
