import { aggregatedDiscovery, aggregatedVersions } from './aggregated-discovery.ts'
import { apiGroup, apiGroupList, apiResourceList, apiVersions, type DiscoveryDocument } from './plain-discovery.ts'
import type { DiscoverySource } from './served-groups.ts'

/** A discovery document and the media type it is sent as. */
export interface DiscoveryAnswer {
  readonly contentType: string
  readonly document: DiscoveryDocument
}

/**
 * The document of a discovery path (`/api`, `/api/v1`, `/apis`, `/apis/apps`, `/apis/apps/v1`), in the form that the `Accept` header
 * prefers among those that the server has; undefined where the path is none of discovery or nothing is served there.
 */
export function discoveryAnswer(source: DiscoverySource, path: string, accept = ''): DiscoveryAnswer | undefined {
  const [root, group, version, ...rest] = path.replace(/\/$/, '').slice(1).split('/')
  if ((root !== 'api' && root !== 'apis') || rest.length > 0) return undefined
  if (group === undefined) return rootAnswer(source, root, accept)
  const document = root === 'api' ? coreDocument(source, group, version) : groupDocument(source, group, version)
  return document && { contentType: 'application/json', document }
}

function coreDocument(source: DiscoverySource, version: string, rest: string | undefined): DiscoveryDocument | undefined {
  return rest === undefined ? apiResourceList(source, '', version) : undefined
}

function groupDocument(source: DiscoverySource, group: string, version: string | undefined): DiscoveryDocument | undefined {
  if (group === '') return undefined
  return version === undefined ? apiGroup(source, group) : apiResourceList(source, group, version)
}

function rootAnswer(source: DiscoverySource, root: 'api' | 'apis', accept: string): DiscoveryAnswer {
  const asked = accept.split(',').map((range) => aggregatedVersionIn(range))
  const version = asked.find((candidate) => aggregatedVersions(source.minor).some((served) => served === candidate))
  if (version !== undefined) {
    return {
      contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      document: aggregatedDiscovery(source, root, version),
    }
  }
  return { contentType: 'application/json', document: root === 'api' ? apiVersions(source) : apiGroupList(source) }
}

/** The version of aggregated discovery that one media range asks for, in JSON. */
function aggregatedVersionIn(range: string): 'v2' | 'v2beta1' | undefined {
  const [type, ...parameters] = range.split(';').map((part) => part.trim())
  if (type !== 'application/json' && type !== '*/*') return undefined
  const named = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]))
  if (named.get('g') !== 'apidiscovery.k8s.io' || named.get('as') !== 'APIGroupDiscoveryList') return undefined
  const version = named.get('v')
  return version === 'v2' || version === 'v2beta1' ? version : undefined
}
