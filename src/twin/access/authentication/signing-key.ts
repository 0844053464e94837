import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

/** What stands before 32 bytes to make them an Ed25519 private key. Source: RFC 8410, section 7. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Signs and checks JSON Web Tokens. The same seed makes the same tokens, so that a run can be repeated; a real API server signs with RSA or
 * ECDSA. Source: RFC 7515, RFC 8037.
 */
export class SigningKey {
  readonly #private: KeyObject
  readonly #public: KeyObject
  readonly #keyId: string

  /** 32 bytes, kept secret. Throws a `RangeError` for more or fewer. */
  constructor(seed: Uint8Array) {
    if (seed.byteLength !== 32) throw new RangeError(`a key is made of 32 bytes, not of ${seed.byteLength}`)
    this.#private = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
    this.#public = createPublicKey(this.#private)
    this.#keyId = createHash('sha256')
      .update(this.#public.export({ format: 'der', type: 'spki' }))
      .digest('base64url')
  }

  token(claims: object): string {
    const body = `${part({ alg: 'EdDSA', kid: this.#keyId })}.${part(claims)}`
    return `${body}.${sign(null, Buffer.from(body), this.#private).toString('base64url')}`
  }

  /** The claims of a token that this key has signed; `undefined` for every other text. */
  claims(token: string): unknown {
    const [head, body, signature, ...rest] = token.split('.')
    if (head === undefined || body === undefined || signature === undefined || rest.length > 0) return undefined
    if (!verify(null, Buffer.from(`${head}.${body}`), this.#public, Buffer.from(signature, 'base64url'))) return undefined
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  }

  /** As `/openid/v1/jwks` shows it. */
  jwk(): Readonly<Record<string, unknown>> {
    return { use: 'sig', alg: 'EdDSA', kid: this.#keyId, ...this.#public.export({ format: 'jwk' }) }
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
