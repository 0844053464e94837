import { BlockList, isIP } from 'node:net'
import type { ProxyRoute } from './cluster-access.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Which proxy leads to a server: that of the kubeconfig (`proxy-url`), else that of HTTPS_PROXY or HTTP_PROXY unless NO_PROXY names the server.
 * Follows Go's rules, because NO_PROXY of a cluster is written for Go programs: CIDR ranges, domains with and without a dot, ports, `*`;
 * loopback is never sent through a proxy of the environment. Throws a TypeError for a URL that is no proxy.
 * Source: golang.org/x/net/http/httpproxy.
 */
export function chooseProxy(server: string, proxyUrl: string | undefined, env: Env): ProxyRoute {
  if (proxyUrl !== undefined && proxyUrl !== '') return parseProxy(proxyUrl)
  const url = new URL(server)
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const fromEnv = variable(env, name)
  if (fromEnv === '' || isExcepted(url, variable(env, 'NO_PROXY'))) return { kind: 'None' }
  return parseProxy(fromEnv)
}

function variable(env: Env, name: string): string {
  return env[name] || env[name.toLowerCase()] || ''
}

function parseProxy(text: string): ProxyRoute {
  const url = /^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`
  const { protocol, href } = new URL(url)
  if (protocol === 'http:' || protocol === 'https:') return { kind: 'Http', url: href }
  // Falkirk always lets the proxy resolve names, which is what the `h` asks for.
  if (/^socks5h?:$/.test(protocol)) return { kind: 'Socks5', url: text.replace(/^socks5h:/i, 'socks5:') }
  throw new TypeError(`proxies are http, https and socks5, not ${protocol.slice(0, -1)}`)
}

function isExcepted(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  if (host === 'localhost' || isLoopback(host)) return true
  return noProxy
    .split(',')
    .map((rule) => rule.trim().toLowerCase())
    .some((rule) => rule !== '' && matchesRule(rule, host, port))
}

function matchesRule(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true
  if (rule.includes('/')) return isInRange(rule, host)
  const { name, port: rulePort } = splitPort(rule)
  if (rulePort !== undefined && rulePort !== port) return false
  if (isIP(name) !== 0) return isIP(host) !== 0 && isInRange(`${name}/${isIP(name) === 4 ? 32 : 128}`, host)
  const domain = name.replace(/^\*(?=\.)/, '')
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`)
}

function splitPort(rule: string): { name: string; port?: string } {
  if (isIP(rule) !== 0) return { name: rule }
  const match = /^(?<name>\[[^\]]*\]|[^:]*):(?<port>\d+)$/.exec(rule)
  const name = (match?.groups?.name ?? rule).replace(/^\[|\]$/g, '')
  return match?.groups?.port === undefined ? { name } : { name, port: match.groups.port }
}

function isInRange(range: string, host: string): boolean {
  const [address = '', bits = ''] = range.split('/')
  const family = isIP(address)
  if (family === 0 || isIP(host) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')
}

function isLoopback(host: string): boolean {
  return isInRange('127.0.0.0/8', host) || isInRange('::1/128', host)
}
