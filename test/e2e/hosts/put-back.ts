import type { RigHost } from '../../rig/rig-host.ts'

const binary = '/usr/local/bin/k3s'
const kept = `${binary}.before`

/** Keeps what the host runs now, so that it can be put back after an upgrade. */
export async function keepBinary(host: RigHost): Promise<void> {
  await host.run(`ln ${binary} ${kept}`)
}

/** Lets an agent run what it ran when `keepBinary` was called, as somebody would who has come by. */
export async function putBack(host: RigHost): Promise<void> {
  await host.run(`ln ${kept} ${binary}.new && mv ${binary}.new ${binary} && systemctl restart k3s-agent`)
}
