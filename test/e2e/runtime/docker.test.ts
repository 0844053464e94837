import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { giveDocker } from '../../rig/docker-files.ts'
import { type LoopDisk, loopDisk } from './loop-disk.ts'
import { type RuntimeStage, runtimeStage } from './runtime-stage.ts'

// The rig's kubelet is built without dockershim: pods of docker cannot run under it. Containers with the labels that dockershim gives are started by hand.

let stage: RuntimeStage
let disk: LoopDisk

const daemon = {
  bridge: 'none',
  iptables: false,
  'exec-opts': ['native.cgroupdriver=cgroupfs'],
  'registry-mirrors': ['https://mirror.example'],
  'insecure-registries': ['registry.example:5000'],
}
const flags = '--cgroup-driver=cgroupfs --network-plugin=cni --cni-bin-dir=/usr/lib/cni --pod-infra-container-image=k8s.gcr.io/pause:3.2'
/** As docker's own packages leave it: what a kubelet needs is off. docker has a disk of its own, and containerd has none, unlike on other hosts of the rig. */
const before = ({ path, number }: LoopDisk) => `
systemctl stop containerd && umount /var/lib/containerd
mkdir /mnt/lib && mount -t tmpfs tmpfs /mnt/lib && cp -ax /var/lib/. /mnt/lib && mount --bind /mnt/lib /var/lib && umount /mnt/lib
[ -b ${path} ] || mknod ${path} b ${number.replace(':', ' ')}
mkfs.ext4 -q -L docker ${path}
mkdir -p /var/lib/docker
echo "LABEL=docker /var/lib/docker ext4 defaults 0 2 # of docker" >> /etc/fstab
mount -L docker /var/lib/docker || mount ${path} /var/lib/docker
groupadd -f docker
mkdir -p /etc/docker/certs.d/registry.example /etc/cni/net.d /var/lib/kubelet
echo certificate > /etc/docker/certs.d/registry.example/ca.crt
echo '${JSON.stringify(daemon)}' > /etc/docker/daemon.json
echo '{"cniVersion":"0.3.1","name":"pods","type":"ptp","ipam":{"type":"host-local","subnet":"10.99.0.0/24"}}' > /etc/cni/net.d/10-pods.conf
printf '# mine\\ndisabled_plugins = ["cri", "btrfs"]\\n' > /etc/containerd/config.toml
echo 'KUBELET_KUBEADM_ARGS="${flags}"' > /var/lib/kubelet/kubeadm-flags.env
systemctl daemon-reload
systemctl restart containerd
systemctl enable --quiet --now docker.socket docker.service
`

beforeAll(async () => {
  disk = loopDisk()
  stage = await runtimeStage([], giveDocker, before(disk))
  const { host } = stage
  await host.run(
    'cat > /root/image.tar; ctr images import /root/image.tar; ctr images export - docker.io/library/busybox:1 | docker load',
    {
      input: readFileSync(await stage.image()),
    },
  )
  const labels = '--label io.kubernetes.pod.name=web --label io.kubernetes.docker.type=container'
  await host.run(`docker run -d --network none ${labels} --name k8s_web busybox:1 /bin/sh -c 'while :; do sleep 1; done'`)
})

afterAll(async () => {
  await stage?.down()
  disk?.remove()
})

const complete = { kind: 'Complete' }
const reformatting = () => ({ run: 'disk', runtime: { name: 'containerd', from: 'docker', reformatDisk: disk.path } }) as const
const flagsNow = () => stage.host.run('cat /var/lib/kubelet/kubeadm-flags.env')

describe('from docker to containerd, over SSH', () => {
  it('does not begin beside containers that would not come back', async () => {
    const { host, run } = stage
    await host.run('docker run -d --network none --name stranger busybox:1 /bin/sh -c "while :; do sleep 1; done"')
    expect((await run({ step: 'Stage' })).end).toMatchObject({
      message:
        'copy-images failed: docker runs containers that are not of Kubernetes (stranger) and would not come back: move them elsewhere, then go on',
    })
    await host.run('docker rm -f stranger')
  })

  it('copies the images beforehand; docker and its pods run on', async () => {
    const { host, run } = stage
    expect(await run({ run: 'switch', step: 'Stage' }, 2)).toMatchObject({ end: complete })
    expect(await host.run('ctr -n k8s.io images ls -q')).toContain('docker.io/library/busybox:1\n')
    expect(await host.run('systemctl is-active docker kubelet; docker ps --format "{{.Names}}"')).toBe('active\nactive\nk8s_web\n')
  })

  it('goes back to docker when the kubelet does not bear containerd', async () => {
    const { host, run } = stage
    await host.run('touch /run/refuse')
    const { end } = await run({ run: 'switch' })
    expect(end).toMatchObject({
      kind: 'Failed',
      message: expect.stringMatching(
        /^switch-runtime failed: kubelet\.service does not stay up \(failed, exit-code\); what ran before runs again$/,
      ),
    })
    expect(await host.run('systemctl is-active docker kubelet; systemctl is-enabled docker')).toBe('active\nactive\nenabled\n')
    expect(await flagsNow()).toBe(`KUBELET_KUBEADM_ARGS="${flags}"\n`)
    expect(await host.run('head -n 3 /etc/containerd/config.toml; ls /etc/containerd/certs.d')).not.toContain('hosts.toml')
    await host.run('rm /run/refuse')
  })

  it('formats nothing that is in use, and goes back to docker on its disk', async () => {
    const { host, run } = stage
    await host.run('cd /var/lib/docker; sleep 600 > /dev/null 2>&1 & echo $! > /run/user-of-disk')
    expect((await run(reformatting())).end).toMatchObject({
      message:
        'reformat-disk failed: /var/lib/docker is still in use, and nothing was formatted: find out by what (fuser -vm /var/lib/docker), then go on; what ran before runs again',
    })
    await host.run('kill $(cat /run/user-of-disk)')
    expect(await host.run('systemctl is-active docker kubelet; blkid -p -o value -s LABEL $(findmnt -no SOURCE /var/lib/docker)')).toBe(
      'active\nactive\ndocker\n',
    )
    expect(await host.run('cat /etc/fstab')).toMatch(/^LABEL=docker \/var\/lib\/docker/m)
    expect(await host.run('docker images -q')).not.toBe('')
  })

  it('is past the way back when its disk was being formatted, says so, and goes on from there', async () => {
    const { host, run } = stage
    const asked = reformatting()
    await host.run(fakeMkfs)
    expect((await run(asked, 2)).end).toMatchObject({
      kind: 'Failed',
      message: expect.stringMatching(
        /^reformat-disk failed: mkfs\.ext4 does not format .*; this could not be taken back: what docker had was on \/dev\/loop\d+, which was reformatted, so the way is forward/,
      ),
    })
    // the image was copied beforehand to where containerd's data were
    expect((await run(asked, 3)).end).toEqual({
      kind: 'Failed',
      lines: expect.anything(),
      message: expect.stringMatching(
        /^reformat-disk failed: .* is not mounted at \/var\/lib\/containerd by its line in \/etc\/fstab: mend that, then go on; this could not/,
      ),
    })
    expect(await run(asked, 4)).toMatchObject({ end: complete })
    expect(await host.run('cat /run/mkfs.calls')).toBe('called\ncalled\n')
    const [, uuid] = /^UUID=(\S+) \/var\/lib\/containerd ext4 defaults 0 2$/m.exec(await host.run('cat /etc/fstab')) ?? []
    expect(await host.run('findmnt -no SOURCE,FSTYPE /var/lib/containerd; blkid -p -o value -s UUID ' + disk.path)).toMatch(
      new RegExp(`^${disk.path} +ext4\n${uuid}\n$`),
    )
    expect(await host.run('grep docker /etc/fstab; ls -A /var/lib/docker; ls /var/lib')).not.toMatch(/^LABEL|overlay2|before-disk/m)
    expect(await host.run('cat /var/lib/falkirk/runtime/*/kept/etc/fstab')).toMatch(/^LABEL=docker \/var\/lib\/docker/m)
    expect(await host.run('ctr -n k8s.io images ls -q')).toContain('docker.io/library/busybox:1\n')
    expect(await run(asked, 5)).toEqual({ end: complete, said: [] })
    expect(await run({ ...asked, run: 'once more' })).toMatchObject({ end: complete })
    expect(await host.run('cat /run/mkfs.calls')).toBe('called\ncalled\n')
  })

  it('has switched: kubelet, containerd, registries', async () => {
    const { host } = stage
    expect(await host.run('systemctl is-active containerd kubelet; systemctl is-enabled containerd')).toBe('active\nactive\nenabled\n')
    expect(await host.attempt('systemctl is-active docker.service docker.socket')).toMatchObject({ stdout: 'inactive\ninactive\n' })
    expect(await flagsNow()).toBe(
      'KUBELET_KUBEADM_ARGS="--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --cgroup-driver=systemd --pod-infra-container-image=k8s.gcr.io/pause:3.2"\n',
    )
    expect(await host.run("tr '\\0' ' ' < /proc/$(systemctl show --value -p MainPID kubelet)/cmdline")).toContain('containerd.sock')
    expect(await host.run('cat /etc/containerd/config.toml')).toMatchInlineSnapshot(`
      "# mine
      disabled_plugins = ["io.containerd.snapshotter.v1.btrfs"]
      version = 2

      [plugins."io.containerd.grpc.v1.cri"]
        sandbox_image = "k8s.gcr.io/pause:3.2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
        runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = true

      [plugins."io.containerd.grpc.v1.cri".registry]
        config_path = "/etc/containerd/certs.d"

      [plugins."io.containerd.grpc.v1.cri".cni]
        bin_dir = "/usr/lib/cni"
        conf_dir = "/etc/cni/net.d"
      "
    `)
    expect(
      await host.run('cd /etc/containerd/certs.d; cat docker.io/hosts.toml registry.example:5000/hosts.toml registry.example/ca.crt'),
    ).toMatchInlineSnapshot(`
      "server = "https://registry-1.docker.io"

      [host."https://mirror.example"]
        capabilities = ["pull", "resolve"]
      server = "https://registry.example:5000"

      [host."https://registry.example:5000"]
        capabilities = ["pull", "resolve"]
        skip_verify = true

      [host."http://registry.example:5000"]
        capabilities = ["pull", "resolve"]
      certificate
      "
    `)
    expect(await host.run('ctr plugins ls | awk \'$2 == "cri" { print $NF }\'; cat /etc/crictl.yaml')).toMatch(
      /^ok\nruntime-endpoint: unix:/,
    )
  })
})

/** Is ended in the middle of its work at first; the file system that it makes next cannot be mounted at first. */
const fakeMkfs = `cat > /usr/local/sbin/mkfs.ext4 <<'END'
#!/bin/sh
for last; do :; done
echo called >> /run/mkfs.calls
[ -e /run/mkfs.ended ] || { touch /run/mkfs.ended; dd if=/dev/zero of="$last" bs=1M count=1 2> /dev/null; kill -9 $$; }
exec /usr/sbin/mkfs.ext4 "$@"
END
cat > /usr/local/sbin/mount <<'END'
#!/bin/sh
if [ "$1" = /var/lib/containerd ] && [ ! -e /run/mount.failed ]; then touch /run/mount.failed; echo 'wrong fs type'; exit 32; fi
exec /usr/bin/mount "$@"
END
chmod 755 /usr/local/sbin/mkfs.ext4 /usr/local/sbin/mount
`
