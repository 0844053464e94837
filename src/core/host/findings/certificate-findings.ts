import { certificateEndMs } from '../certificate-end.ts'
import { blocks, type Finding, type HostView, note, risk } from '../finding.ts'

const dayMs = 86_400_000
/** Soon enough to be renewed within an upgrade; authorities take weeks to be replaced. */
const soonDays = 30
const authoritySoonDays = 180
/** What nothing renews before then ends while a cluster is upgraded. */
const tooSoonDays = 2

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
    const key = [days, isAuthority(path), isUnasked(path), isOfKubelet(path)].join(' ')
    groups.set(key, { paths: [...(groups.get(key)?.paths ?? []), path], days, authority: isAuthority(path) })
  }
  return [...groups.values()]
}

function finding({ paths, days, authority }: Ending, view: HostView): Finding {
  const many = paths.length > 1
  const names = many ? `${paths[0]} and ${paths.length - 1} more` : (paths[0] ?? '')
  const fix = authority ? 'replace the authority before the upgrade: nothing renews it by itself' : renewal(paths, view)
  const ended = `${names} ${many ? 'have' : 'has'} ended ${dayText(-days)} ago`
  const ends = `${names} ${many ? 'end' : 'ends'} ${days === 0 ? 'today' : `in ${dayText(days)}`}`
  if (paths.every(isUnasked)) return note('certificate', days < 0 ? ended : ends, unaskedFix)
  if (days < 0) return blocks('certificate', ended, fix)
  const judge = days < tooSoonDays && !isRenewed(paths, authority, view) ? blocks : risk
  return judge('certificate', ends, fix)
}

/** What a kubelet shows to those that connect to it, signed by itself for a year, and made once. Source: client-go, util/cert, `GenerateSelfSignedCertKey`. */
function isUnasked(path: string): boolean {
  return path === '/var/lib/kubelet/pki/kubelet.crt'
}

const unaskedFix = 'an API server that kubeadm set up takes it as it is; for others remove it with its key, and restart the kubelet'

/** By a step of the upgrade, or by whoever has it. How short the lives are that a kubelet renews its own for is not known. */
function isRenewed(paths: readonly string[], authority: boolean, { facts, layout }: HostView): boolean {
  if (authority) return false
  if (layout.distribution === 'k3s' || layout.distribution === 'rke2') return true
  return paths.every(isOfKubelet) || (layout.distribution === 'kubeadm' && facts.kubeadm.caKey !== false)
}

function isOfKubelet(path: string): boolean {
  return path.startsWith('/var/lib/kubelet/') || path === kubeletConfig
}

const kubeletConfig = '/etc/kubernetes/kubelet.conf'

function renewal(paths: readonly string[], { facts, layout }: HostView): string {
  // Source: kubernetes.io, "Certificate Management with kubeadm", on nodes made before v1.17
  if (paths.every((path) => path === kubeletConfig))
    return 'name /var/lib/kubelet/pki/kubelet-client-current.pem there as client-certificate and client-key'
  if (layout.distribution === 'k3s' || layout.distribution === 'rke2') {
    return `a restart of ${layout.distribution} renews what ends within 90 days`
  }
  if (paths.every(isOfKubelet)) {
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
