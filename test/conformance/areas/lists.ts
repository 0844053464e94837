import { objectOf } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { configMap, idlePod } from '../objects.ts'
import type { Steps } from '../steps.ts'

const labelled = (name: string, labels: Readonly<Record<string, string>>) => configMap(name, {}, { labels })

async function five(c: Steps): Promise<void> {
  await c.make('configmaps', ...['a', 'b', 'c', 'd', 'e'].map((name) => labelled(name, { set: 'five' })))
}

async function names(c: Steps, path: string): Promise<void> {
  const { status, body } = await c.quietly('GET', path)
  c.note(
    path,
    status === 200
      ? objectOf({ status, body, headers: {} })
          .items.map(({ metadata }) => metadata.name)
          .sort()
      : body,
  )
}

async function selected(c: Steps): Promise<void> {
  await c.make(
    'configmaps',
    labelled('a', { app: 'web', tier: 'front' }),
    labelled('b', { app: 'web' }),
    labelled('d', { app: 'db', tier: 'back' }),
  )
}

const ofCase = 'labelSelector=set%3Dfive'

/** Lists: pages, selectors, versions. */
export const lists = area('Lists', {
  'a list is in the order of names and carries a version': async (c) => {
    await c.make('configmaps', labelled('b', { set: 'x' }), labelled('a', { set: 'x' }))
    await c.get('configmaps?labelSelector=set%3Dx')
  },
  'an empty list has items': async (c) => {
    await c.get('secrets?labelSelector=none%3Dnone')
    await c.get('policy/v1beta1:poddisruptionbudgets')
  },
  'pages follow each other to the end': async (c) => {
    await c.make('endpoints', ...['a', 'b', 'c', 'd', 'e'].map((name) => ({ metadata: { name } })))
    let token = ''
    for (let page = 0; page < 4; page += 1) {
      const answer = objectOf(await c.get(`endpoints?limit=2${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`))
      token = answer.metadata.continue ?? ''
      if (token === '') break
    }
  },
  'pages with a selector do not say how many remain': async (c) => {
    await five(c)
    await c.get(`configmaps?limit=2&${ofCase}`)
  },
  'later pages show the state of the first': async (c) => {
    await c.make('endpoints', ...['a', 'b', 'c'].map((name) => ({ metadata: { name } })))
    const token = encodeURIComponent(objectOf(await c.get('endpoints?limit=1')).metadata.continue ?? '')
    await c.quietly('DELETE', 'endpoints/b')
    await c.make('endpoints', { metadata: { name: 'bb' } })
    await c.get(`endpoints?limit=5&continue=${token}`)
  },
  'a continue token that is none is refused': async (c) => {
    await c.get('configmaps?limit=2&continue=eA')
    await c.get('configmaps?limit=2&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjkiLCJydiI6MSwic3RhcnQiOiJhIn0')
  },
  'a continue token with a resourceVersion is refused': async (c) => {
    await five(c)
    const token = encodeURIComponent(objectOf(await c.quietly('GET', 'configmaps?limit=1')).metadata.continue ?? '')
    await c.get(`configmaps?limit=2&resourceVersion=1&continue=${token}`)
  },
  'a limit that is no number is refused': async (c) => {
    await c.get('configmaps?limit=many')
    await c.get('configmaps?limit=-1&labelSelector=none')
  },
  'labels select by equality, sets and presence': async (c) => {
    await selected(c)
    for (const selector of [
      'app=web',
      'app==web',
      'app!=web,app',
      'app in (web, db)',
      'app notin (web),app',
      'tier',
      '!tier,app',
      'app=web,tier=front',
    ])
      await names(c, `configmaps?labelSelector=${encodeURIComponent(selector)}`)
  },
  'labels select by number': async (c) => {
    await c.make('configmaps', labelled('a', { n: '1' }), labelled('b', { n: '5' }), labelled('d', { n: 'x' }))
    for (const selector of ['n>2', 'n<2', 'n>x']) await names(c, `configmaps?labelSelector=${encodeURIComponent(selector)}`)
  },
  'a label selector that cannot be read is refused': async (c) => {
    for (const selector of ['a=b=c', 'a in b', 'a in (b', '!', ',', 'a b', '=x', 'a@b', 'k in ()', `${'l'.repeat(64)}=v`])
      await c.get(`configmaps?labelSelector=${encodeURIComponent(selector)}`)
  },
  'fields select by name and namespace': async (c) => {
    await five(c)
    for (const selector of ['metadata.name=b', 'metadata.name==b', 'metadata.name!=b', 'metadata.namespace={ns},metadata.name=c'])
      await names(c, `configmaps?${ofCase}&fieldSelector=${encodeURIComponent(selector).replaceAll('%7Bns%7D', '{ns}')}`)
  },
  'a field that cannot be selected is refused': async (c) => {
    await c.get('configmaps?fieldSelector=data.key%3Dvalue')
    await c.get('pods?fieldSelector=spec.hostname%3Dx')
    await c.get('apps/v1:deployments?fieldSelector=spec.replicas%3D1')
    await c.get('secrets?fieldSelector=type%3DOpaque')
    await c.get('configmaps?fieldSelector=metadata.name')
  },
  'fields select pods by node, phase, policy and scheduler': async (c) => {
    await c.make(
      'pods',
      idlePod('a'),
      idlePod('b', { restartPolicy: 'Never' }),
      idlePod('d', { schedulerName: 'other', nodeName: 'nowhere' }),
    )
    for (const selector of [
      'spec.nodeName=nowhere',
      'spec.nodeName!=nowhere',
      'status.phase=Pending',
      'status.phase!=Pending',
      'spec.restartPolicy=Never',
      'spec.schedulerName=other',
      'spec.serviceAccountName=default',
      'status.nominatedNodeName=',
    ])
      await names(c, `pods?fieldSelector=${encodeURIComponent(selector)}`)
  },
  'a list at a version that is yet to come waits, and is refused': async (c) => {
    await c.get('configmaps?resourceVersion=999999999')
  },
  'a version that is no number is refused': async (c) => {
    await c.get('configmaps?resourceVersion=abc')
    await c.get('configmaps/a?resourceVersion=abc')
  },
  'one object is read at a version, too': async (c) => {
    const { metadata } = objectOf(await c.post('configmaps', configMap('a')))
    for (const version of ['', '0', metadata.resourceVersion, '999999999']) await c.get(`configmaps/a?resourceVersion=${version}`)
  },
  'an exact version shows the past': async (c) => {
    await five(c)
    const version = objectOf(await c.quietly('GET', `configmaps?${ofCase}`)).metadata.resourceVersion
    await c.quietly('DELETE', 'configmaps/c')
    await names(c, `configmaps?${ofCase}&resourceVersion=${version}&resourceVersionMatch=Exact`)
    await names(c, `configmaps?${ofCase}&resourceVersion=${version}&resourceVersionMatch=NotOlderThan`)
  },
  'resourceVersionMatch is checked': async (c) => {
    await c.get('configmaps?resourceVersionMatch=Exact')
    await c.get('configmaps?resourceVersionMatch=Exact&resourceVersion=0')
    await c.get('configmaps?resourceVersionMatch=Nearly&resourceVersion=1')
    await c.get('configmaps?resourceVersionMatch=Exact&watch=true&resourceVersion=1')
  },
  'a list of all namespaces has those of all': async (c) => {
    await c.make('configmaps', labelled('a', { only: '{ns}' }))
    await c.get('/api/v1/configmaps?labelSelector=only%3D{ns}')
  },
})
