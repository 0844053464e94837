import { expect, it } from 'vitest'
import { serverUrl } from './server-url.ts'

it.each([
  ['https://10.0.0.1:6443', 'None', 'https://10.0.0.1:6443'],
  ['https://[fd00::1]:6443/', 'None', 'https://[fd00::1]:6443'],
  ['https://rancher/k8s/clusters/c-1/', 'None', 'https://rancher/k8s/clusters/c-1'],
  ['localhost:8080', 'None', 'http://localhost:8080'],
  ['localhost:6443', 'Configured', 'https://localhost:6443'],
  ['10.0.0.1', 'Configured', 'https://10.0.0.1'],
  ['HTTPS://Host', 'None', 'https://host'],
  ['ftp://host', 'None', undefined],
  ['https://', 'None', undefined],
  ['https://host?x=1', 'None', undefined],
  ['https://ho st', 'None', undefined],
  ['', 'None', undefined],
] as const)('"%s" with TLS %s is %s', (address, tls, url) => {
  expect(serverUrl(address, tls)).toBe(url)
})
