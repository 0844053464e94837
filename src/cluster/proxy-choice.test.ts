import { describe, expect, it } from 'vitest'
import { chooseProxy } from './proxy-choice.ts'

const server = 'https://10.96.0.1:6443'
const http = (url: string) => ({ kind: 'Http', url })
const none = { kind: 'None' }

it.each([
  {
    what: 'the kubeconfig counts before the environment',
    proxyUrl: 'http://kube:1',
    env: { HTTPS_PROXY: 'http://env:2' },
    is: http('http://kube:1/'),
  },
  { what: 'NO_PROXY does not concern proxy-url', proxyUrl: 'http://kube:1', env: { NO_PROXY: '*' }, is: http('http://kube:1/') },
  { what: 'HTTPS_PROXY for https', env: { HTTPS_PROXY: 'http://env:2', HTTP_PROXY: 'http://no:3' }, is: http('http://env:2/') },
  { what: 'lower case too', env: { https_proxy: 'http://env:2' }, is: http('http://env:2/') },
  { what: 'a proxy without a scheme is http', env: { HTTPS_PROXY: 'env:3128' }, is: http('http://env:3128/') },
  { what: 'socks5', proxyUrl: 'socks5://s:1080', env: {}, is: { kind: 'Socks5', url: 'socks5://s:1080' } },
  { what: 'socks5h is the same', proxyUrl: 'socks5h://s:1080', env: {}, is: { kind: 'Socks5', url: 'socks5://s:1080' } },
  { what: 'nothing set', env: {}, is: none },
  { what: 'an empty variable is not set', proxyUrl: '', env: { HTTPS_PROXY: '' }, is: none },
])('$what', ({ proxyUrl, env, is }) => {
  expect(chooseProxy(server, proxyUrl, env)).toEqual(is)
})

it('HTTP_PROXY is for http', () => {
  expect(chooseProxy('http://10.0.0.1:8080', undefined, { HTTP_PROXY: 'http://p:1' })).toEqual(http('http://p:1/'))
})

it.each(['ftp://p:1', 'http://', 'socks4://p:1'])('%s is no proxy', (url) => {
  expect(() => chooseProxy(server, url, {})).toThrow(TypeError)
})

describe('NO_PROXY', () => {
  it.each([
    ['10.96.0.0/12', 'https://10.96.0.1:6443', 'out'],
    ['10.96.0.0/12', 'https://10.128.0.1:6443', 'proxied'],
    ['10.96.0.1', 'https://10.96.0.1:6443', 'out'],
    ['10.96.0.1:6443', 'https://10.96.0.1:6443', 'out'],
    ['10.96.0.1:443', 'https://10.96.0.1:6443', 'proxied'],
    ['10.96.0.1:443', 'https://10.96.0.1', 'out'],
    ['fd00::/8', 'https://[fd00::1]:6443', 'out'],
    ['fd00::1', 'https://[fd00::1]:6443', 'out'],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', 'out'],
    ['fd00::/8', 'https://[fe80::1]:6443', 'proxied'],
    ['example.com', 'https://api.example.com', 'out'],
    ['example.com', 'https://example.com', 'out'],
    ['example.com', 'https://notexample.com', 'proxied'],
    ['.example.com', 'https://api.example.com', 'out'],
    ['.example.com', 'https://example.com', 'proxied'],
    ['*.example.com', 'https://api.example.com', 'out'],
    ['EXAMPLE.com', 'https://api.Example.COM', 'out'],
    ['.svc,.cluster.local, 10.0.0.0/8', 'https://10.1.1.1', 'out'],
    ['*', 'https://anything', 'out'],
    ['', 'https://anything', 'proxied'],
    [',,', 'https://anything', 'proxied'],
    ['10.0.0.0/99', 'https://10.0.0.1', 'proxied'],
    ['nonsense/8', 'https://10.0.0.1', 'proxied'],
    ['', 'https://localhost:6443', 'out'],
    ['', 'https://127.0.0.9:6443', 'out'],
    ['', 'https://[::1]:6443', 'out'],
  ])('"%s": %s is %s', (rules, url, verdict) => {
    const proxy = chooseProxy(url, undefined, { HTTPS_PROXY: 'http://p:1', NO_PROXY: rules })
    expect(proxy.kind).toBe(verdict === 'out' ? 'None' : 'Http')
  })
})
