import type { HostFile } from './host-file.ts'

/** A node's place in the pod network: 0 for the first host. */
export interface PodNetworkNode {
  readonly name: string
  readonly address: string
  readonly index: number
}

/** Of all pods. Hosts have addresses from 10.64.0.0 on, so that neither is ever in the other's way. */
export const podCidr = '10.42.0.0/16'
export const serviceCidr = '10.43.0.0/16'
export const routesUnitName = 'rig-routes.service'

/** Pods routed from host to host: CNI's settings, and a unit that sets the routes at each boot and has to be wanted by something. */
export function podNetworkFiles(node: PodNetworkNode, others: readonly PodNetworkNode[]): HostFile[] {
  return [
    { path: '/etc/cni/net.d/10-rig.conflist', content: podNetwork(node) },
    { path: '/etc/rig/routes.sh', content: podRoutes(others) },
    { path: `/etc/systemd/system/${routesUnitName}`, content: routesUnit },
  ]
}

function podSubnet({ index }: PodNetworkNode): string {
  return `10.42.${index}.0/24`
}

function podNetwork(node: PodNetworkNode): string {
  const ipam = { type: 'host-local', subnet: podSubnet(node), routes: [{ dst: '0.0.0.0/0' }] }
  const plugins = [
    { type: 'ptp', ipMasq: false, ipam },
    { type: 'portmap', capabilities: { portMappings: true } },
  ]
  return `${JSON.stringify({ cniVersion: '0.4.0', name: 'rig', plugins })}\n`
}

function podRoutes(others: readonly PodNetworkNode[]): string {
  const routes = others.map((node) => `ip route replace ${podSubnet(node)} via ${node.address}\n`)
  // what is outside knows no way to a pod: the answer goes to the node
  const outside = `POSTROUTING -s ${podCidr} ! -d ${podCidr} -j MASQUERADE`
  return `${routes.join('')}iptables -t nat -C ${outside} 2> /dev/null || iptables -t nat -A ${outside}\n`
}

const routesUnit = `[Unit]
Description=Routes to the pods of the other hosts

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -e /etc/rig/routes.sh

[Install]
WantedBy=multi-user.target
`
