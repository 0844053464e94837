import { labelKeyProblem, labelValueProblem } from '../../../core/kubernetes/label-syntax.ts'
import { badRequest, type StatusError } from '../status-error.ts'

type Labels = Readonly<Record<string, string>>

/** Whether an object's labels are selected. */
export type LabelMatch = (labels: Labels) => boolean

const operators = new Set(['=', '==', '!=', 'in', 'notin', '>', '<'])
const marks = new Set([...operators, '(', ')', ',', '!'])

/**
 * Reads the query parameter `labelSelector` (`a=1,b in (x,y),!c`); `undefined` when it selects everything.
 * Throws 400 in the API server's words. Source: Kubernetes, apimachinery labels.Parse.
 */
export function parseLabelSelector(text: string): LabelMatch | undefined {
  const parser = new Parser(text)
  const tests = parser.tests()
  if (tests.length === 0) return undefined
  return (labels) => tests.every((test) => test(labels))
}

class Parser {
  /** Ends with an empty one. */
  readonly #tokens: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#tokens = [...(text.match(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g) ?? []), '']
  }

  tests(): readonly LabelMatch[] {
    const tests: LabelMatch[] = []
    while (this.#next() !== '') {
      if (!this.#isName() && this.#next() !== '!') throw this.#found("!, identifier, or 'end of string'")
      tests.push(this.#requirement())
      if (this.#next() === '') return tests
      if (this.#take() !== ',') throw this.#found("',' or 'end of string'", -1)
      if (!this.#isName() && this.#next() !== '!') throw this.#found("identifier after ','")
    }
    return tests
  }

  #requirement(): LabelMatch {
    const negated = this.#next() === '!'
    if (negated) this.#take()
    if (!this.#isName()) throw this.#refuse(this.#words('identifier'))
    const key = this.#take()
    const problem = labelKeyProblem(key)
    if (problem !== undefined) throw this.#refuse(`invalid label key ${JSON.stringify(key)}: ${problem}`)
    if (negated) return (labels) => !Object.hasOwn(labels, key)
    if (this.#next() === '' || this.#next() === ',') return (labels) => Object.hasOwn(labels, key)
    return this.#comparison(key)
  }

  #comparison(key: string): LabelMatch {
    const operator = this.#take()
    if (!operators.has(operator)) throw this.#refuse(this.#words("'=', '!=', '==', 'in', notin'", operator))
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#value()]
    this.#check(key, operator, values)
    switch (operator) {
      case 'in':
      case '=':
      case '==':
        return (labels) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? '')
      case 'notin':
      case '!=':
        return (labels) => !Object.hasOwn(labels, key) || !values.includes(labels[key] ?? '')
      default:
        return compared(key, operator, Number(values[0]))
    }
  }

  #value(): string {
    if (this.#next() === '' || this.#next() === ',') return ''
    if (!this.#isName()) throw this.#refuse(this.#words('identifier'))
    return this.#take()
  }

  #values(): readonly string[] {
    const opening = this.#take()
    // the one message of the original that has no comma
    if (opening !== '(') throw this.#refuse(`found '${opening}' expected: '('`)
    if (!this.#isName() && this.#next() !== ',' && this.#next() !== ')') throw this.#refuse(this.#words("',', ')' or identifier"))
    const values = [this.#listed()]
    while (this.#next() === ',') {
      this.#take()
      values.push(this.#listed())
    }
    if (this.#take() !== ')') throw this.#refuse(this.#words("',' or ')'", this.#tokens[this.#at - 1]))
    return values
  }

  #listed(): string {
    return this.#next() === ',' || this.#next() === ')' || !this.#isName() ? '' : this.#take()
  }

  #check(key: string, operator: string, values: readonly string[]): void {
    for (const value of values) {
      if (operator === '>' || operator === '<') {
        if (!/^[+-]?\d+$/.test(value)) throw this.#refuse(`for 'Gt', 'Lt' operators, the value must be an integer`)
        continue
      }
      const problem = labelValueProblem(value)
      if (problem !== undefined)
        throw this.#refuse(`invalid label value: ${JSON.stringify(value)}: at key: ${JSON.stringify(key)}: ${problem}`)
    }
  }

  #next(): string {
    return this.#tokens[this.#at] ?? ''
  }

  #take(): string {
    const token = this.#next()
    this.#at += 1
    return token
  }

  /** Keywords are names, too, where no operator can stand. */
  #isName(): boolean {
    const token = this.#next()
    return token !== '' && (!marks.has(token) || token === 'in' || token === 'notin')
  }

  #found(expected: string, offset = 0): StatusError {
    return badRequest(this.#words(expected, this.#tokens[this.#at + offset]))
  }

  #words(expected: string, found = this.#next()): string {
    return `found '${found}', expected: ${expected}`
  }

  #refuse(why: string): StatusError {
    return badRequest(`unable to parse requirement: ${why}`)
  }
}

function compared(key: string, operator: string, limit: number): LabelMatch {
  return (labels) => {
    const text = Object.hasOwn(labels, key) ? labels[key] : undefined
    if (text === undefined || !/^[+-]?\d+$/.test(text)) return false
    return operator === '>' ? Number(text) > limit : Number(text) < limit
  }
}
