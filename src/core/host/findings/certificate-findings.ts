import { certificateEndMs } from '../certificate-end.ts'
import { blocks, type Finding, type HostView, note, risk } from '../finding.ts'

const dayMs = 86_400_000
/** Soon enough to be renewed within an upgrade; authorities take weeks to be replaced. */
const soonDays = 30
const authoritySoonDays = 180

/** Certificates that end soon or have ended, and who renews them. */
export function certificateFindings(view: HostView): readonly Finding[] {
  const ends = view.facts.certificates
    .map(({ path, notAfter }) => ({ path, days: Math.floor((certificateEndMs(notAfter) - view.nowMs) / dayMs) }))
    .filter(({ path, days }) => days < (isAuthority(path) ? authoritySoonDays : soonDays))
    .toSorted((a, b) => a.days - b.days)
  return [...grouped(ends).map((group) => finding(group, view)), ...externalAuthority(view)]
}

interface Ending {
  readonly paths: readonly string[]
  readonly days: number
  readonly authority: boolean
}

/** Certificates of one day are told together: kubeadm makes a dozen of them at once. */
function grouped(ends: readonly { readonly path: string; readonly days: number }[]): readonly Ending[] {
  const groups = new Map<string, Ending>()
  for (const { path, days } of ends) {
    const key = `${days} ${isAuthority(path)}`
    groups.set(key, { paths: [...(groups.get(key)?.paths ?? []), path], days, authority: isAuthority(path) })
  }
  return [...groups.values()]
}

function finding({ paths, days, authority }: Ending, view: HostView): Finding {
  const many = paths.length > 1
  const names = many ? `${paths[0]} and ${paths.length - 1} more` : (paths[0] ?? '')
  const fix = authority ? 'replace the authority before the upgrade: nothing renews it by itself' : renewal(paths, view)
  if (days < 0) return blocks('certificate', `${names} ${many ? 'have' : 'has'} ended ${dayText(-days)} ago`, fix)
  return risk('certificate', `${names} ${many ? 'end' : 'ends'} ${days === 0 ? 'today' : `in ${dayText(days)}`}`, fix)
}

function renewal(paths: readonly string[], { facts, layout }: HostView): string {
  if (layout.distribution === 'k3s' || layout.distribution === 'rke2') {
    return `a restart of ${layout.distribution} renews what ends within 90 days`
  }
  if (paths.every((path) => path.startsWith('/var/lib/kubelet/'))) {
    return 'see that rotateCertificates is true in the kubelet configuration and that its requests are approved'
  }
  if (layout.distribution !== 'kubeadm') return 'renew it by what made it'
  if (facts.kubeadm.caKey === false) return 'have it renewed by the authority that signs for this cluster, as kubeadm has no key of it'
  return 'kubeadm upgrade renews it; or now: kubeadm certs renew all, then restart the control plane'
}

function externalAuthority({ facts, layout }: HostView): readonly Finding[] {
  if (layout.distribution !== 'kubeadm' || layout.role !== 'ControlPlane' || facts.kubeadm.caKey !== false) return []
  const message = '/etc/kubernetes/pki has no ca.key: certificates are signed elsewhere, and kubeadm cannot renew them'
  return [note('external-ca', message, 'kubeadm is run with --certificate-renewal=false; renew them beforehand')]
}

function isAuthority(path: string): boolean {
  return /(^|[/-])ca\.(crt|pem)$/.test(path)
}

function dayText(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}
