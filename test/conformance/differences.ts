/** A case in which the twin is not what the real server is. */
export interface Difference {
  /** `AREA: TITLE` */
  readonly of: string
  /** `Open`: it is to go; `Deliberate`: it stays, for this reason. */
  readonly kind: 'Deliberate' | 'Open'
  readonly reason: string
  /** Dotted paths in the transcript, from the number of the step: `2.body.message`; `*` is one segment, `**` any number of them. */
  readonly at: readonly string[]
}

const goText = 'values that Go prints as a struct with addresses of its memory are printed as JSON'
const openApi = 'the OpenAPI documents have no descriptions: those of the original are its documentation'
const decoder = 'the decoder is another one: it finds the same fault and names it in other words'

/** Every difference there is; a case that shows none any more must leave this list. `docs/twin.md` has it as a table. */
export const differences: readonly Difference[] = [
  deliberate('Objects: refuses finalizers and owners that are none', goText, '3.body.message', '3.body.details.causes.*.message'),
  deliberate(
    'Disruption budgets and evictions: a budget that cannot be is refused',
    goText,
    '0.body.message',
    '0.body.details.causes.*.message',
  ),
  deliberate('Custom resources: a definition that cannot be is refused', goText, '1.body.message', '1.body.details.causes.*.message'),
  deliberate(
    'Patches: a patch that makes the object invalid is refused',
    'the message repeats the whole patched object, whose fields are in another order',
    '2.body.message',
    '2.body.details.causes.*.message',
  ),
  deliberate(
    'Objects: unknown resources, groups and paths are not found',
    'an unknown path outside of the API is answered without the list of all paths',
    '3.body',
    '3.headers',
  ),
  deliberate(
    'Custom resources: what the schema does not allow is refused',
    'the original names faults of one object in an order that changes from run to run',
    '6.body.message',
    '6.body.details',
  ),
  deliberate('kubectl: explain reads the documents of the server', openApi, '0.body.stdout'),
  deliberate('Server-side apply: takes YAML', decoder, '1.body.message'),
  deliberate('Bad input: a member of the wrong type', decoder, '*.body.message'),
  deliberate('Bad input: times and durations that are none', decoder, '*.body.message'),
  deliberate('Validation: a quantity that is none', decoder, '*.body.message'),
  open(
    'Objects: drops a UID, a creation time and a selfLink that the client brings',
    'a generation that a client sends is dropped where the kind counts none',
    '0.body.metadata',
  ),
  open(
    'Server-side apply: asks for a manager and for an object of that kind',
    'applied objects without a version or of another kind are refused in other words',
    '1',
    '2',
  ),
  open('Lists: a version that is no number is refused', 'a GET of one object does not look at its resourceVersion', '1'),
  open('Lists: a label selector that cannot be read is refused', 'a comma in one message', '1.body.message'),
  open(
    'Deletion: a negative grace is taken as the default or refused',
    'a negative grace is taken as one second, as newer releases do',
    '0',
    '1',
  ),
  open('Deletion: options are checked', 'a DELETE with the body of another kind is carried out', '4'),
  open('Subresources: a status that cannot be is refused', 'numbers of a status are not checked', '0', '1', '2'),
  open('Subresources: a log of a pod without a node is refused', 'a pod without a node has no log: 400 instead of 204', '0'),
  open('Defaults: a StatefulSet', 'claims of a StatefulSet are stored without a phase', '0.body.spec.volumeClaimTemplates'),
  open('Defaults: a Secret of strings', 'content of Secrets is not checked for every type', '1'),
  open('Validation: a ConfigMap and a Secret that cannot be', 'content of Secrets is not checked for every type', '5'),
  open('Validation: a pod with numbers below zero', 'user IDs of a pod are not checked', '2'),
  open('Validation: environment that is none', 'paths of fields are not checked', '3'),
  open('Validation: a Job that cannot be', 'labels of a Job that is named too long are refused twice', '4'),
  open('Validation: a selector that cannot change', 'two reasons are in another order', '3.body'),
  open('Validation: what of a Job cannot change', 'a Job that starts nothing has a start time', '1.body.status'),
  open('Validation: what of a Service cannot change', 'an address is allocated before it is checked', '0'),
  open('Validation: a Service that cannot be', 'an address is allocated before it is checked', '4'),
  open('Bad input: a body of another kind', 'a group version with two slashes is refused in other words', '3.body.message'),
  open('Bad input: an answer in YAML, or in a form that nobody has', 'an Accept that cannot be met is refused in other words', '1.body'),
  open('Bad input: a parameter that is none', 'characters of a field manager are not checked', '2'),
  open('Scheduling: a pod that cannot be placed is an event', 'its events are those of the core group, as before 1.19', '1.body'),
  open('Scheduling: a pod of higher priority takes the place of a lower one', 'a bound pod is nominated no more', '2.body'),
  open('Bad input: numbers that are too large', 'a metadata number beyond 64 bits is taken', '1'),
  open(
    'Custom resources: its objects are created, read, listed and deleted',
    'a list of custom resources has no empty continue token',
    '4.body.metadata',
  ),
  open(
    'Custom resources: objects without namespaces, watches and selectors',
    'a list of custom resources has no empty continue token; a wrong scope is answered as JSON',
    '3.body.metadata',
    '5',
  ),
  open(
    'Custom resources: without one there is no path of it',
    'a subresource that a custom resource does not have is refused in other words; a status without one counts no generation',
    '2.body',
    '3.body',
    '4.body.metadata',
  ),
]

function deliberate(of: string, reason: string, ...at: readonly string[]): Difference {
  return { of, kind: 'Deliberate', reason, at }
}

function open(of: string, reason: string, ...at: readonly string[]): Difference {
  return { of, kind: 'Open', reason, at }
}
