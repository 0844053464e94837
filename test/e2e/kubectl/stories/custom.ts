import type { Story } from '../story.ts'

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: boats.sea.example.com }
spec:
  group: sea.example.com
  names: { kind: Boat, plural: boats, shortNames: [bt] }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns: [{ name: Masts, type: integer, jsonPath: .spec.masts }]
      subresources: { status: {}, scale: { specReplicasPath: .spec.masts, statusReplicasPath: .status.masts } }
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [masts]
              x-kubernetes-validations:
                - { rule: 'self.masts <= self.most', message: too many masts }
                - { rule: self.colour == oldSelf.colour, messageExpression: "'it is ' + oldSelf.colour" }
              properties:
                masts: { type: integer, minimum: 1, description: How many there are. }
                most: { type: integer, default: 3 }
                colour: { type: string, enum: [red, blue] }
                crew:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items: { type: object, required: [name], properties: { name: { type: string }, age: { type: integer } } }
            status: { type: object, properties: { masts: { type: integer } } }
`

const boat = (spec: string) => `apiVersion: sea.example.com/v1
kind: Boat
metadata: { name: one }
spec: ${spec}
`

/** Custom resources with rules in CEL, which the rig's 1.20 does not know. */
export const custom: Story = {
  title: 'custom resources',
  beside: 'Alone',
  async run(session) {
    const apply = (spec: string, flags = '') => session.run(`apply -f - ${flags}`.trimEnd(), { input: boat(spec) })
    await session.run('create -f -', { input: definition })
    await session.run('wait --for=condition=Established crd/boats.sea.example.com --timeout=30s')
    try {
      await apply('{ masts: 2, colour: red, crew: [{ name: ann, age: 30 }] }')
      await apply('{ masts: 3, colour: red, crew: [{ name: ann, age: 31 }, { name: bob }] }')
      await apply('{ masts: 3, colour: red, crew: [{ name: ann, age: 31 }, { name: bob }] }')
      await apply('{ masts: 2, colour: red, crew: [{ name: bob }] }')
      await session.run("get boat one -o jsonpath='{.spec}'")
      await apply('{ masts: 4, colour: red }')
      await apply('{ masts: 2, colour: blue }')
      await apply('{ masts: 2, colour: green }')
      await apply('{ masts: 2, colour: red, crew: [{ name: ann }, { name: ann }] }')
      await apply('{ masts: 2, colour: red, sails: 3 }')
      await apply('{ masts: 2, colour: red, sails: 3 }', '--validate=false')
      await apply('{ masts: 1, colour: red }', '--server-side --field-manager=harbour')
      await apply('{ masts: 1, colour: red }', '--server-side --field-manager=harbour --force-conflicts')
      await session.run('get bt')
      await session.run('scale boat one --replicas=3')
      await session.run('scale boat one --replicas=9')
      await session.run('patch boat one --type=merge -p \'{"spec":{"most":9}}\'')
      await session.run('patch boat one --type=strategic -p \'{"spec":{"most":9}}\'')
      await session.run('patch boat one --subresource=status --type=merge -p \'{"status":{"masts":1},"spec":{"masts":7}}\'')
      await session.run("get boat one -o jsonpath='{.spec.masts} {.status.masts} {.metadata.generation}'")
      await session.run('explain boat.spec.masts')
      await session.run('delete boat one')
    } finally {
      await session.run('delete crd boats.sea.example.com')
    }
    await session.run('get boats')
  },
}
