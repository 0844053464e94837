import { expect, it } from 'vitest'
import { parseHostFacts } from '../../../src/core/host/host-facts.ts'
import { factsOf, type HostFiles } from './fake-root.ts'
import { hostLayouts } from './host-layouts.ts'

const pki = '/etc/kubernetes/pki'
const host = hostLayouts['kubeadm-containerd']
const leaf = String(host?.files[`${pki}/apiserver.crt`])
const authority = String(host?.files[`${pki}/ca.crt`])
const [begin = '', body = '', end = ''] = leaf.split(/(?<=BEGIN CERTIFICATE-----\n)|(?=-----END)/)
const ends = '261204000000Z'
const inKubeconfig = (text: string) => `users:\n- user:\n    client-certificate-data: ${Buffer.from(text).toString('base64')}\n`

function dates(files: HostFiles): Readonly<Record<string, string>> {
  const read = parseHostFacts(factsOf({ files: { '/proc/swaps': '', ...files } }))
  if (read.kind === 'Refused') throw new Error(read.message)
  return Object.fromEntries(read.facts.certificates.map(({ path, notAfter }) => [path, notAfter]))
}

it.each([
  { what: 'as kubeadm writes it', text: leaf, date: ends },
  { what: 'of a year that takes four digits', text: authority, date: '20510101000000Z' },
  { what: 'with Windows line ends', text: leaf.replaceAll('\n', '\r\n'), date: ends },
  { what: 'on one line', text: `${begin}${body.replaceAll('\n', '')}\n${end}`, date: ends },
  { what: 'in lines of any length', text: `${begin}${body.replaceAll('\n', '').replace(/.{37}/g, '$&\n')}\n${end}`, date: ends },
  { what: 'without a line end behind it', text: leaf.trimEnd(), date: ends },
  { what: 'behind a text, before others', text: `Certificate:\n  Not After: 301204000000Z\n${leaf}${authority}`, date: ends },
  { what: 'before its key', text: `${leaf}-----BEGIN EC PRIVATE KEY-----\nMIIC\n-----END EC PRIVATE KEY-----\n`, date: ends },
  { what: 'that is cut off behind its dates', text: leaf.slice(0, 220), date: ends },
  { what: 'that is cut off before them', text: leaf.slice(0, 60), date: undefined },
  { what: 'that is none', text: `${begin}$(touch x)\n${end}`, date: undefined },
  { what: 'that is empty', text: '', date: undefined },
])('the end of a certificate $what, in a file and in a kubeconfig', ({ text, date }) => {
  const [file, kubeconfig] = [`${pki}/apiserver.crt`, '/etc/kubernetes/admin.conf']
  expect(dates({ [file]: text, [kubeconfig]: inKubeconfig(text) })).toEqual(date === undefined ? {} : { [file]: date, [kubeconfig]: date })
})

it('each certificate has the date of its own file, whatever lies beside it', () => {
  expect(
    dates({
      [`${pki}/a.crt`]: authority,
      [`${pki}/b.crt`]: '',
      [`${pki}/c.crt`]: leaf.trimEnd(),
      [`${pki}/d.crt`]: 'no certificate',
      [`${pki}/with\nline end.crt`]: authority,
      [`${pki}/e.crt`]: authority,
      '/etc/kubernetes/scheduler.conf': 'users: []\n',
      '/etc/kubernetes/kubelet.conf': inKubeconfig(leaf),
    }),
  ).toEqual({
    [`${pki}/a.crt`]: '20510101000000Z',
    [`${pki}/c.crt`]: ends,
    [`${pki}/e.crt`]: '20510101000000Z',
    '/etc/kubernetes/kubelet.conf': ends,
  })
})
