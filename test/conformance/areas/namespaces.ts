import { area } from '../conformance-case.ts'

/** What becomes of a namespace. A server finds out which kinds there are to empty it: cases that define kinds and take them away would be in its way. */
export const namespaces = area('Namespaces', {
  'a namespace goes with all that is in it': async (c) => {
    await c.make('/api/v1/namespaces', { metadata: { name: '{ns}-x' } })
    await c.quietly('POST', '/api/v1/namespaces/{ns}-x/configmaps', { body: { metadata: { name: 'kept', finalizers: ['x/y'] } } })
    await c.delete('/api/v1/namespaces/{ns}-x')
    const remaining = ['NamespaceContentRemaining', 'NamespaceFinalizersRemaining']
    await c.until(
      '/api/v1/namespaces/{ns}-x',
      ({ status }) =>
        status.conditions?.length === 5 &&
        status.conditions.every((one: { type: string; status: string }) => (one.status === 'True') === remaining.includes(one.type)),
    )
    await c.post('/api/v1/namespaces/{ns}-x/configmaps', { metadata: { name: 'late' } })
    await c.quietly('PATCH', '/api/v1/namespaces/{ns}-x/configmaps/kept', {
      body: { metadata: { finalizers: null } },
      contentType: 'application/merge-patch+json',
    })
    await c.until('/api/v1/namespaces/{ns}-x', (answer) => (answer as unknown as { code: number }).code === 404, { pick: () => 'gone' })
  },
})
